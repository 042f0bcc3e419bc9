import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SimClock } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { nodeMachine } from '../src/environment/node-environment.ts'
import { jsonlStorage } from '../src/index.ts'
import { append, readAll, recordOf } from './records.ts'
import { resealed } from './resealed.ts'
import { temporaryDirectory } from './temporary.ts'

const stale = JSON.stringify({ pid: 999_999, host: nodeMachine.host, owner: 'dead', since: 'once', nonce: 'n' })

test.each(['flock', 'pidfile'] as const)(
  'by %s, of eight that open at once one gets in, and the next after it closes',
  async (lock) => {
    const dir = temporaryDirectory()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => jsonlStorage({ dir, lock }).openWriter('racer')),
    )
    const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(winners).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'LOCKED' })
    expect(winners[0]?.recovery.lock).toBe(lock)
    await winners[0]?.writer.close()
    expect(existsSync(join(dir, 'LOCK'))).toBe(false)
    await (await jsonlStorage({ dir, lock }).openWriter('next')).writer.close()
  },
)

test('a LOCK that nobody holds keeps nobody out, whatever is in it', async () => {
  for (const content of ['', 'rubbish', stale, JSON.stringify({ pid: process.pid, host: nodeMachine.host })]) {
    const dir = temporaryDirectory()
    writeFileSync(join(dir, 'LOCK'), content)
    await (await jsonlStorage({ dir, lock: 'flock' }).openWriter('test')).writer.close()
  }
})

test('a pid file is taken away from a process that is gone or was another, and from no one else', async () => {
  const of = (note: object) => JSON.stringify({ ...JSON.parse(stale), ...note })
  const living = { pid: process.pid, start: nodeMachine.startOf(process.pid) }
  const cases: readonly [note: string, opens: boolean][] = [
    [stale, true],
    [of({ ...living, start: 'an earlier process' }), true],
    [of(living), false],
    [of({ host: 'elsewhere' }), false],
    ['half a no', false],
  ]
  for (const [note, opens] of cases) {
    const dir = temporaryDirectory()
    writeFileSync(join(dir, 'LOCK'), note)
    const opening = jsonlStorage({ dir, lock: 'pidfile' }).openWriter('test')
    if (opens) await (await opening).writer.close()
    else {
      await expect(opening).rejects.toMatchObject({ code: 'LOCKED' })
      expect(readFileSync(join(dir, 'LOCK'), 'utf8')).toBe(note)
    }
  }
})

test('a refused opening leaves the LOCK as it was, or none', async () => {
  const dir = temporaryDirectory()
  writeFileSync(join(dir, 'a.jsonl'), 'bad\n')
  await expect(jsonlStorage({ dir }).openWriter('test')).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(existsSync(join(dir, 'LOCK'))).toBe(false)
  writeFileSync(join(dir, 'LOCK'), stale)
  await expect(jsonlStorage({ dir }).openWriter('test')).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(readFileSync(join(dir, 'LOCK'), 'utf8')).toBe(stale)
})

test.each<[string, (dir: string) => void]>([
  ['its LOCK is gone', (dir) => rmSync(join(dir, 'LOCK'))],
  [
    'its LOCK is another file',
    (dir) => {
      renameSync(join(dir, 'LOCK'), join(dir, '.was'))
      writeFileSync(join(dir, 'LOCK'), stale)
    },
  ],
  ['the manifest is of a later epoch', (dir) => takeOver(dir)],
])('a writer stops as FENCED when %s', async (_, disturb) => {
  const dir = temporaryDirectory()
  const clock = new SimClock()
  const { writer } = await jsonlStorage({ dir, clock, timers: clock, fenceCheckMs: 5_000 }).openWriter('test')
  await append(writer, [recordOf(1)])
  disturb(dir)
  const fenced = { code: 'FENCED' }
  await expect(writer.append([], { expectedSeq: 1, commitId: 'barrier', durability: 'commit' })).rejects.toMatchObject(
    fenced,
  )
  await expect(append(writer, [recordOf(2)])).rejects.toMatchObject(fenced)
  await expect(writer.truncate(1)).rejects.toMatchObject(fenced)
  expect(await readAll(writer)).toHaveLength(1)
  await writer.close()
})

test('a writer finds out by the clock that it was fenced', async () => {
  const dir = temporaryDirectory()
  const clock = new SimClock()
  const { writer } = await jsonlStorage({ dir, clock, timers: clock, fenceCheckMs: 5_000 }).openWriter('test')
  takeOver(dir)
  clock.pass(5_000)
  await expect
    .poll(() => append(writer, [recordOf(1)]).catch((error: unknown) => error))
    .toMatchObject({ code: 'FENCED' })
  await writer.close()
})

/** What a second writer does to the manifest on a file system whose locks hold nobody. */
function takeOver(dir: string): void {
  const content = readFileSync(join(dir, 'manifest.json'), 'utf8').replace('"epoch":1,"writer"', '"epoch":2,"writer"')
  writeFileSync(join(dir, 'manifest.json'), resealed(content))
}
