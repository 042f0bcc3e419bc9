import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode, openState } from 'stateward'
import { expect, test } from 'vitest'
import { freshStore, type Ran, run } from './run-stateward.ts'
import { bytesOf } from './store-bytes.ts'

interface Damaged {
  readonly folder: string
  readonly dir: string
  readonly path: string
  readonly sw: (...args: string[]) => Promise<Ran>
}

/** A store with five plans of which the third was changed twice, and one file that holds them all. */
async function store(): Promise<Damaged> {
  const { folder, sw } = await freshStore()
  const dir = join(folder, '.stateward')
  const state = await openState(dir)
  for (const name of ['one', 'two', 'three', 'four', 'five']) await state.plan.create({ name })
  const [third] = await state.plan.where({ name: 'three' }).all()
  await state.plan.update(third?.id ?? '', { name: 'drei' })
  await state.plan.update(third?.id ?? '', { name: 'trois' })
  await state.close()
  const file = readdirSync(dir).find((name) => readFileSync(join(dir, name), 'utf8').includes('"trois"')) ?? ''
  return { folder, dir, path: join(dir, file), sw }
}

function change(path: string, from: string, to: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
}

/** No line is wider than the usual terminal, but for those that name the directory. */
function expectNarrow(text: string): void {
  for (const line of text.split('\n')) if (!line.includes('/')) expect(line.length, line).toBeLessThanOrEqual(80)
}

test('repair: a dry run first, then the store is what it was, byte for byte', async () => {
  const { folder, path, sw } = await store()
  expect(await sw('repair')).toMatchObject({ code: 0, out: expect.stringContaining('nothing to repair') })
  const whole = readFileSync(path)
  change(path, '"name":"two"', '"name":"tvo"')
  change(path, '"name":"two"', '"name":"twn"')
  const before = bytesOf(folder)
  // w and v differ in one bit.
  const dry = await sw('repair')
  expect(dry).toMatchObject({ code: 4, out: expect.stringContaining('To do it: stateward repair --write') })
  expectNarrow(dry.out)
  expect(bytesOf(folder)).toEqual(before)
  const done = await sw('repair', '--write')
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('Everything holds.') })
  expectNarrow(done.out)
  expect(readFileSync(path).equals(whole)).toBe(true)
  expect((await sw('verify')).code).toBe(0)
})

test('salvage: what is lost is told before, while, and for as long as nobody has acknowledged it', async () => {
  const { folder, dir, path, sw } = await store()
  change(path, '"name":"drei"', '"name":"????"')
  const before = bytesOf(folder)
  const refused = await sw('create', 'plan', 'name=six')
  expect(refused.code).toBe(4)
  expect(refused.err).toContain(`npx stateward salvage --dir ${dir}`)
  expect(refused.err).toMatch(/Lost are the commits 6; \d+ lines? behind the damage hold/)
  const dry = await sw('salvage')
  expect(dry).toMatchObject({ code: 4, out: expect.stringContaining('2 commits: seq') })
  expectNarrow(dry.out)
  expect(bytesOf(folder)).toEqual(before)
  expect((await sw('salvage', '--write', '--json')).json()).toMatchObject([
    { dryRun: false, lost: [{ from: 6, to: 7 }], files: [{ orphans: [7] }] },
  ])
  expect((await sw('list', 'plan', '--json')).json()).toHaveLength(5)
  expect((await sw('verify')).out).toContain('seq 6 to 7 are lost')
  expect((await sw('stats')).out).toContain('seq 6 to 7 are lost')
  expect(await sw('salvage')).toMatchObject({ code: 0, out: expect.stringContaining('nothing to salvage') })
  const [third] = (await sw('list', 'plan', 'name=three', '--json')).json() as { id: string }[]
  expect((await sw('history', 'plan', third?.id ?? '')).out).toContain('behind the last one: seq 6 to 7 are lost')
  await sw('create', 'plan', 'name=six')
  expect((await sw('tail')).out).toMatch(/seq 6 to 7 are lost \(salvage-\d+\)\n +8 /)
  expect((await sw('salvage', '--acknowledge')).out).toMatch(/^acknowledged: seq 6 to 7 lost/)
  expect((await sw('stats')).out).not.toContain('lost')
  expect((await sw('verify')).out).toContain('seq 6 to 7 are lost')
})

test('openState opens a damaged store for reading, or salvages it, when it is told to', async () => {
  const { folder, dir, path } = await store()
  change(path, '"name":"four"', '"name":"????"')
  const before = bytesOf(folder)
  await expect(openState(dir)).rejects.toMatchObject({
    code: 'CORRUPT',
    details: { lost: [{ from: 4, to: 4 }], linesBehind: 4 },
  })
  const readonly = await openState(dir, { recovery: 'readonly' })
  expect((await readonly.plan.all()).map(({ name }) => name)).toEqual(['one', 'two', 'three'])
  expect(await readonly.stats()).toMatchObject({ health: 'readonly', lastSeq: 3 })
  expect(await readonly.verify()).toMatchObject({ ok: false })
  const refusal: unknown = await readonly.plan.create({ name: 'x' }).catch((error: unknown) => error)
  expect(hasCode(refusal, 'STORAGE_FAILED') && refusal.message).toContain('the checksum does not match')
  expect(await run(folder, ['repair'])).toMatchObject({ code: 3 })
  await readonly.close()
  expect(bytesOf(folder)).toEqual(before)
  const salvaged = await openState(dir, { recovery: 'salvage' })
  expect(salvaged.recovery.lost).toMatchObject([{ from: 4, to: 4 }])
  expect((await salvaged.plan.all()).map(({ name }) => name)).toEqual(['one', 'two', 'trois', 'five'])
  await salvaged.close()
})

test('reseal: a line that was edited by hand is sealed anew, after a look', async () => {
  const { folder, path, sw } = await store()
  expect(await sw('reseal')).toMatchObject({ code: 0, out: expect.stringContaining('nothing to reseal') })
  change(path, '"name":"five"', '"name":"fünf"')
  const before = bytesOf(folder)
  const dry = await sw('reseal')
  expect(dry).toMatchObject({ code: 4, out: expect.stringMatching(/lines whose seal does not hold: \d+\n/) })
  expectNarrow(dry.out)
  expect(bytesOf(folder)).toEqual(before)
  expect((await sw('reseal', '--write')).code).toBe(0)
  expect((await sw('list', 'plan', 'name=fünf', '--json')).json()).toHaveLength(1)
  expect((await sw('verify')).code).toBe(0)
})
