import { beside, boot, failure, SimMedium } from '@stateward/conformance'
import type { ScrubPortion } from '@stateward/contract'
import { expect, test } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { append, recordOf } from '../records.ts'
import { resealed } from '../resealed.ts'
import { portionsOf, ScrubWorld } from './scrub-world.ts'
import { simStorage } from './sim-storage.ts'

/** Lives on between the portions of a pass; nothing that it does may look like damage, and no file that stays is left out. */
async function noFalseAlarm(world: ScrubWorld): Promise<void> {
  const before = world.complete()
  const read = new Set<string>()
  for await (const { damage, unread, ends, file } of world.scrub()) {
    expect(damage).toEqual([])
    expect(unread).toBeUndefined()
    if (ends) read.add(file)
    if (world.pick(3) === 0) await world.live()
  }
  const after = new Set(world.complete().map(({ file }) => file))
  for (const { file } of before) if (after.has(file)) expect(read, file).toContain(file)
}

/** Flips one bit of what is complete while a pass is on its way or before it; the next whole pass says where. */
async function findsRot(world: ScrubWorld): Promise<void> {
  const files = world.complete()
  const hit = files[world.pick(files.length)]
  if (hit === undefined) return
  const file = world.medium.file(`/store/${hit.file}`)
  const byte = world.pick(hit.bytes)
  const line = file.bytes.subarray(0, byte).toString('latin1').split('\n').length
  file.rot(byte, world.pick(8))
  const damage = (await portionsOf(world.scrub())).flatMap((portion) => portion.damage)
  expect(damage.length, `${hit.file}, byte ${byte}`).toBeGreaterThan(0)
  expect(new Set(damage.map((found) => found.file))).toEqual(new Set([hit.file]))
  if (hit.kind === 'log' || hit.kind === 'base') expect(damage[0], `${hit.file}, byte ${byte}`).toMatchObject({ line })
}

rig('scrub', ({ each }) =>
  each(async (seed) => {
    const world = new ScrubWorld(seed)
    await world.open()
    for (let left = 5 + world.pick(25); left > 0; left--) await world.live()
    await noFalseAlarm(world)
    if (world.pick(3) === 0) await world.open()
    await noFalseAlarm(world)
    await findsRot(world)
    await world.writer.close()
    return 1
  }),
)

test.each([4_096, 400_000])(
  'a scrub goes on where another one was, by another writer too, and reads nothing twice: segments of %i bytes',
  async (segmentBytes) => {
    for (let seed = 1; seed <= 3; seed++) {
      const world = new ScrubWorld(seed, segmentBytes)
      await world.open()
      await world.commits(80, segmentBytes / 20)
      const whole = await portionsOf(world.scrub())
      const files = new Set(whole.map(({ file }) => file))
      expect(files.size).toBeGreaterThan(2)
      const parts = await inParts(world, files.size)
      expect(parts.flatMap(({ damage }) => damage)).toEqual([])
      expect(new Set(parts.map(({ file }) => file))).toEqual(files)
      expect(bytesOf(parts)).toBe(bytesOf(whole))
      await rotsBehind(world, parts)
    }
  },
)

/** As often as not each portion is the last of its scrub, and now and then of its writer. */
async function inParts(world: ScrubWorld, files: number): Promise<readonly ScrubPortion[]> {
  const parts: ScrubPortion[] = []
  let from: ScrubPortion['next'] | undefined
  while (parts.filter(({ ends }) => ends).length < files) {
    expect(parts.length, 'it comes to an end').toBeLessThan(1_000)
    for await (const portion of world.scrub(from === undefined ? {} : { from })) {
      parts.push(portion)
      from = JSON.parse(JSON.stringify(portion.next))
      if (world.pick(2) === 0 && portion.file !== 'old.jsonl') break
    }
  }
  return parts
}

/** Damage behind the place where a scrub goes on is told with its own line. */
async function rotsBehind(world: ScrubWorld, parts: readonly ScrubPortion[]): Promise<void> {
  const inside = parts.filter(({ next }) => Number(next.byte) > 0)
  const { file: name, next } = inside[world.pick(inside.length)] ?? { file: '', next: { byte: 0 } }
  const { bytes } = world.complete().find(({ file }) => file === name) ?? { bytes: 0 }
  if (Number(next.byte) >= bytes) return
  const file = world.medium.file(`/store/${name}`)
  const byte = Number(next.byte) + world.pick(bytes - Number(next.byte))
  file.rot(byte, world.pick(8))
  const line = file.bytes.subarray(0, byte).toString('latin1').split('\n').length
  const found = (await portionsOf(world.scrub({ from: next }))).flatMap(({ damage }) => damage)
  expect(found[0]).toMatchObject({ file: name, line })
}

const bytesOf = (portions: readonly ScrubPortion[]): number => portions.reduce((sum, { bytes }) => sum + bytes, 0)

test('a place that means nothing to this log begins a pass like any other', async () => {
  const world = new ScrubWorld(3)
  await world.open()
  await world.commits(100)
  const files = new Set((await portionsOf(world.scrub())).map(({ file }) => file))
  const places = [
    {},
    { file: 'none' },
    { file: 7, byte: -1 },
    { file: 'x', until: 'y', byte: 1, line: 1, lastSeq: 1, crc: 1 },
  ]
  for (const from of places) {
    const portions = await portionsOf(world.scrub({ from }))
    expect(new Set(portions.map(({ file }) => file))).toEqual(files)
    expect(portions.flatMap(({ damage }) => damage)).toEqual([])
  }
})

test('a file that cannot be read now is no damage, and the pass goes on behind it', async () => {
  const world = new ScrubWorld(1)
  await world.open()
  await world.commits(200)
  const [first, second, ...rest] = world.complete().filter(({ kind }) => kind === 'log')
  world.medium.onCall = ({ call, path }) => {
    if (call === 'read' && path.endsWith(`/${first?.file}`)) throw failure('EIO', path)
    if (call === 'open' && path.endsWith(`/${second?.file}`)) throw failure('EMFILE', path)
  }
  const portions = await portionsOf(world.scrub())
  world.medium.onCall = undefined
  expect(portions.flatMap(({ damage }) => damage)).toEqual([])
  const unread = portions.filter((portion) => portion.unread !== undefined)
  expect(new Map(unread.map(({ file, unread: why }) => [file, why?.code]))).toEqual(
    new Map([first, second].map((entry) => [entry?.file, 'STORAGE_FAILED'])),
  )
  for (const { file } of rest) expect(portions.some((portion) => portion.file === file && portion.ends)).toBe(true)
  await world.commit()
  expect(await world.writer.stats()).toMatchObject({ health: 'ok' })
})

test('a file that is gone, swapped for another, of a newer format, edited and sealed again, or without a line is damage', async () => {
  const world = new ScrubWorld(1)
  await world.open()
  await world.commits(300)
  const [gone, swapped, other, foreign, edited, shorter] = world
    .complete()
    .filter(({ kind }) => kind === 'log')
    .map(({ file }) => file)
  const path = (file: string | undefined): string => `/store/${file}`
  world.medium.plant(path(swapped), world.medium.file(path(other)).bytes)
  const newer = world.medium.file(path(foreign)).bytes.toString().replace('"major":1', '"major":9')
  world.medium.plant(path(foreign), newer)
  const text = world.medium.file(path(edited)).bytes.toString()
  world.medium.plant(path(edited), resealed(text.trimEnd().replace('"rev":1', '"rev":2')).concat('\n'))
  const lines = world.medium.file(path(shorter)).bytes.toString().split('\n')
  world.medium.plant(path(shorter), [...lines.slice(0, 4), ...lines.slice(5)].join('\n'))
  await beside(world.medium).remove(path(gone))
  const damage = (await portionsOf(world.scrub())).flatMap((portion) => portion.damage)
  expect(new Set(damage.map(({ file }) => file))).toEqual(new Set([gone, swapped, foreign, edited, shorter]))
  expect(damage.find(({ file }) => file === gone)?.reason).toContain('not there')
  expect(damage.find(({ file }) => file === edited)?.reason).toContain('not the one that the manifest lists')
  expect(damage.find(({ file }) => file === shorter)).toMatchObject({
    line: 5,
    reason: expect.stringContaining('expected seq'),
  })
})

test('what a truncation takes away under a scrub is passed over at once, and nothing of it stays open', async () => {
  const world = new ScrubWorld(2)
  await world.open()
  await world.commits(200)
  const before = new Set(world.complete().map(({ file }) => file))
  const scrub = world.scrub()[Symbol.asyncIterator]()
  const first = (await scrub.next()).value
  await world.writer.saveBase(200, (async function* () {})())
  await world.writer.truncate(200)
  const left = world.complete().filter(({ file }) => before.has(file))
  for (;;) {
    const { done, value } = await scrub.next()
    if (done) break
    expect(value.damage).toEqual([])
    expect(
      left.some(({ file }) => file === value.file),
      `${value.file} behind ${first.file}`,
    ).toBe(true)
  }
})

test('a scrub ends when its writer retires and when its signal aborts', async () => {
  const world = new ScrubWorld(2)
  await world.open()
  await world.commits(200)
  const controller = new AbortController()
  const aborted = world.scrub({ signal: controller.signal })[Symbol.asyncIterator]()
  await aborted.next()
  controller.abort()
  await expect(aborted.next()).rejects.toMatchObject({ code: 'ABORTED' })
  await expect(portionsOf(world.scrub({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'ABORTED' })
  const retired = world.scrub()[Symbol.asyncIterator]()
  await retired.next()
  await world.writer.retire?.()
  await expect(retired.next()).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(portionsOf(world.scrub())).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a store without a complete file has nothing to scrub', async () => {
  const { medium } = new ScrubWorld(2)
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  await append(writer, [recordOf(1)])
  const scrub = writer.scrub?.()
  expect(scrub && (await portionsOf(scrub))).toEqual([])
  const aborted = writer.scrub?.({ signal: AbortSignal.abort() })
  await expect(aborted && portionsOf(aborted)).rejects.toMatchObject({ code: 'ABORTED' })
})

test('a pass begins with any file, so that short openings get round too', async () => {
  const world = new ScrubWorld(1)
  await world.open()
  await world.commits(80)
  const files = world.complete().map(({ file }) => file)
  expect(files.length).toBeGreaterThan(2)
  const firsts = new Set<string>()
  for (let pass = 0; pass < 40; pass++) {
    for await (const { file } of world.scrub()) {
      firsts.add(file)
      break
    }
  }
  expect([...firsts].sort()).toEqual([...files].sort())
})

test('an adopted file that was changed is damage, whether or not it is as long as it was', async () => {
  const medium = new SimMedium()
  await boot(medium).makeDirectory('/store')
  const line = '{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"p"}}\n'
  medium.plant('/store/old.jsonl', line)
  const { writer } = await simStorage(boot(medium)).openWriter('adopts')
  const scrubbed = async (): Promise<unknown[]> => {
    const scrub = writer.scrub?.()
    return scrub === undefined ? [] : (await portionsOf(scrub)).map(({ bytes, damage, ends }) => [bytes, damage, ends])
  }
  expect(await scrubbed()).toEqual([
    [line.length, [], false],
    [0, [], true],
  ])
  for (const changed of [line.replace('"p"', '"q"'), line + line]) {
    medium.plant('/store/old.jsonl', changed)
    const reason = `the file was changed after it was adopted: ${changed.length} bytes now, ${line.length} then, or other ones`
    expect(await scrubbed()).toEqual([
      [changed.length, [], false],
      [0, [{ file: 'old.jsonl', line: 1, byte: 0, reason }], false],
      [0, [], true],
    ])
  }
  await writer.close()
})
