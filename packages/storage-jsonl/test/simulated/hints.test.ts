import { boot, SimDisk, SimMedium, seededPick } from '@stateward/conformance'
import type { BaseChunk, DiskFile, LogReader, OpenMode, StorageEvent } from '@stateward/contract'
import { expect, test } from 'vitest'
import { CacheFileWriter } from '../../src/caches/cache-file.ts'
import { hintClaim } from '../../src/caches/hints.ts'
import { decodeManifest, type LogEntry, type Manifest } from '../../src/format/manifest.ts'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const kiB = 1_024
const segmentBytes = 256 * kiB
const hint = '/store/cache/log-00000001.hint'
/** Between two lines that a hint names: 64 KiB, and the longest line. */
const spacing = 68 * kiB

const texts = (from: number, to: number, word = ''): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) =>
    textOf(recordOf(`${word}${from + at}`, 450 + ((from + at) % 7) * 150)),
  )

/** Adds up what is read of log files. */
class CountingDisk extends SimDisk {
  logBytes = 0

  override async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const file = await super.open(path, mode)
    if (!/\/log-\d+\.jsonl$/.test(path)) return file
    const read = async (into: Uint8Array, position: number): Promise<number> => {
      const count = await file.read(into, position)
      this.logBytes += count
      return count
    }
    return { ...file, read }
  }
}

/** A store that was closed: 130 commits in a segment of more than 200 KiB. */
async function closed({ seed = 1, word = '' } = {}): Promise<{ medium: SimMedium; given: string[]; ptrs: number[] }> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { seed, segmentBytes }).openWriter('first')
  const given = texts(1, 130, word)
  const ptrs: number[] = []
  for (let at = 0; at < given.length; at += 10) {
    ptrs.push(
      ...(await append(
        writer,
        given.slice(at, at + 10).map((text) => Buffer.from(text)),
      )),
    )
  }
  await writer.close()
  return { medium, given, ptrs }
}

async function readFrom(medium: SimMedium, seq: number): Promise<string[]> {
  const reader = await simStorage(new SimDisk(medium, medium.process)).openReader()
  return readAll(reader, seq).finally(() => reader.close())
}

function rewrite(medium: SimMedium, bytes: Uint8Array, path = hint): void {
  medium.plant(path, bytes)
}

function without(medium: SimMedium): SimMedium {
  const bare = medium.copy()
  bare.directory('/store/cache').change([['log-00000001.hint', undefined]])
  return bare
}

const hintsOf = (medium: SimMedium): string[] =>
  [...medium.files().keys()].filter((path) => path.includes('.hint')).map((path) => path.slice('/store/cache/'.length))

function entryOf(medium: SimMedium): { entry: LogEntry; manifest: Manifest } {
  const manifest = decodeManifest(Buffer.from(medium.file('/store/manifest.json').bytes)) as Manifest
  return { entry: manifest.segments.find(({ kind }) => kind === 'log') as LogEntry, manifest }
}

test('from every commit on, the same is read with a hint as without one, and no more than a part is read in vain', async () => {
  const { medium, given, ptrs } = await closed()
  expect(hintsOf(medium)).toEqual(['log-00000001.hint'])
  const size = entryOf(medium).entry.bytes
  expect(size).toBeGreaterThan(3 * spacing)
  const disk = new CountingDisk(medium, medium.process)
  const reader = await simStorage(disk).openReader()
  const plain = without(medium)
  const scanning = await simStorage(new SimDisk(plain, plain.process)).openReader()
  for (let seq = 1; seq <= given.length; seq++) {
    disk.logBytes = 0
    expect(await readAll(reader, seq), `from ${seq}`).toEqual(given.slice(seq - 1))
    expect(disk.logBytes, `from ${seq}`).toBeLessThanOrEqual(size - ((ptrs[seq - 1] ?? 0) % 2 ** 33) + spacing)
    expect(await readAll(scanning, seq), `without, from ${seq}`).toEqual(given.slice(seq - 1))
  }
})

async function firstOf(batches: AsyncIterable<{ readonly records: readonly Uint8Array[] }>): Promise<string> {
  for await (const { records } of batches) return textOf(records[0])
  return 'nothing'
}

test('whoever follows, or reads what retention keeps, begins where a hint says; a writer knows its own segment too', async () => {
  const { medium, given } = await closed()
  const ways: readonly ((reader: LogReader, seq: number) => Promise<string>)[] = [
    (reader, seq) => firstOf(reader.follow(seq, new AbortController().signal)),
    (reader, seq) => firstOf(reader.readKept?.(seq) ?? reader.read(seq)),
  ]
  for (const way of ways) {
    const disk = new CountingDisk(medium, medium.process)
    const reader = await simStorage(disk).openReader()
    expect(await way(reader, 125)).toBe(given[124])
    expect(disk.logBytes).toBeLessThan(spacing)
  }
  const empty = new SimMedium()
  const active = new CountingDisk(empty, empty.process)
  const { writer } = await simStorage(active).openWriter('active')
  await append(
    writer,
    given.map((text) => Buffer.from(text)),
  )
  active.logBytes = 0
  expect(await readAll(writer, 125)).toEqual(given.slice(124))
  expect(active.logBytes).toBeLessThan(spacing)
})

test('no flipped bit and no truncation of a hint changes what is read', async () => {
  const { medium, given } = await closed()
  const bytes = Buffer.from(medium.file(hint).bytes)
  const ask = async (damaged: SimMedium, what: string): Promise<void> => {
    expect(await readFrom(damaged, 110), what).toEqual(given.slice(109))
  }
  for (let byte = 0; byte < bytes.length; byte++) {
    const flipped = medium.fork()
    flipped.file(hint).rot(byte, byte % 8)
    await ask(flipped, `bit ${byte % 8} of byte ${byte}`)
    const cut = medium.fork()
    rewrite(cut, bytes.subarray(0, byte))
    await ask(cut, `cut at ${byte}`)
  }
})

/** A hint whose checksums hold and which says of the segment what it likes. */
async function forged(medium: SimMedium, points: readonly number[]): Promise<void> {
  const { entry, manifest } = entryOf(medium)
  medium.directory('/store/cache').change([['log-00000001.hint', undefined]])
  const file = await new SimDisk(medium, medium.process).open(hint, 'create')
  const writer = new CacheFileWriter(file)
  const bytes = Buffer.alloc(points.length * 8)
  for (const [at, value] of points.entries()) bytes.writeBigUInt64LE(BigInt(value), at * 8)
  await writer.put(bytes)
  await writer.finish('cache/log-00000001.hint', hintClaim(entry, manifest.log), '2026-01-01T00:00:00.000Z')
  await file.close()
}

test('a hint that is whole and wrong costs time: the line that it names is another one, and the segment is read from its start', async () => {
  const { medium, given, ptrs } = await closed()
  const at = (seq: number): number => (ptrs[seq - 1] ?? 0) % 2 ** 33
  const wrong: readonly (readonly number[])[] = [
    [60, at(61)],
    [60, at(59)],
    [60, at(60) + 1],
    [60, at(60) - 1],
    [60, 2 ** 40],
    [60, entryOf(medium).entry.bytes],
    [Number.MAX_SAFE_INTEGER, at(60)],
    [90, at(90), 60, at(120)],
    [60, at(60), 70, at(60) + 10],
    Array.from({ length: 18 }, (_, index) => (index % 2 === 0 ? index + 2 : 70_000 * (index + 1))),
  ]
  for (const points of wrong) {
    const copy = medium.copy()
    await forged(copy, points)
    for (const seq of [1, 59, 60, 61, 100, 130])
      expect(await readFrom(copy, seq), `${points} from ${seq}`).toEqual(given.slice(seq - 1))
  }
  const right = medium.copy()
  await forged(right, [60, at(60)])
  const disk = new CountingDisk(right, right.process)
  const reader = await simStorage(disk).openReader()
  expect(await readAll(reader, 70)).toEqual(given.slice(69))
  expect(disk.logBytes).toBe(entryOf(right).entry.bytes - at(60))
})

test('the hint of another segment, or of another store that is as long, is left aside, and its writer says so once', async () => {
  const here = await closed({ seed: 1, word: 'a' })
  const other = await closed({ seed: 2, word: 'b' })
  const second = await simStorage(boot(here.medium), { segmentBytes }).openWriter('second')
  await append(
    second.writer,
    texts(131, 220).map((text) => Buffer.from(text)),
  )
  await second.writer.close()
  const others = [other.medium.file(hint).bytes, here.medium.file('/store/cache/log-00000002.hint').bytes]
  for (const bytes of others) {
    const medium = here.medium.copy()
    rewrite(medium, bytes)
    expect(await readFrom(medium, 100)).toEqual([...here.given.slice(99), ...texts(131, 220)])
    const told: StorageEvent[] = []
    const { writer } = await simStorage(boot(medium)).openWriter('next', { notify: (event) => told.push(event) })
    for (const seq of [100, 120]) expect((await readAll(writer, seq))[0]).toBe(here.given[seq - 1])
    expect(told).toEqual([
      expect.objectContaining({ kind: 'cacheIgnored', cache: 'cache/log-00000001.hint', reason: expect.any(String) }),
    ])
    await writer.close()
  }
})

async function* rows(upTo: number): AsyncGenerator<BaseChunk> {
  yield { seqs: [upTo], records: [recordOf('row')] }
}

test('a hint is made when a segment ends: by rotation, close or recovery; and goes with its segment', async () => {
  const medium = new SimMedium()
  const options = { segmentBytes: 128 * kiB }
  const { writer } = await simStorage(boot(medium), options).openWriter('first')
  for (let seq = 1; seq <= 100; seq += 5)
    await append(
      writer,
      texts(seq, seq + 4).map((text) => Buffer.from(text)),
    )
  await writer.caches?.save('state', async () => 100)
  expect(hintsOf(medium), 'rotation').toEqual(['log-00000001.hint'])
  medium.kill()
  const next = await simStorage(boot(medium), options).openWriter('second')
  await next.writer.close()
  expect(hintsOf(medium), 'recovery').toEqual(['log-00000001.hint', 'log-00000002.hint'])
  const disk = new CountingDisk(medium, medium.process)
  expect(await readAll(await simStorage(disk).openReader(), 98)).toEqual(texts(98, 100))
  expect(disk.logBytes).toBeLessThan(spacing)

  const third = await simStorage(boot(medium), options).openWriter('third')
  await append(
    third.writer,
    texts(101, 160).map((text) => Buffer.from(text)),
  )
  const stale = Buffer.from(medium.file(hint).bytes)
  await third.writer.saveBase(100, rows(100))
  await third.writer.truncate(100)
  await third.writer.close()
  // Of the segment that goes on, and of the archive.
  expect(hintsOf(medium).sort(), 'truncation and close').toEqual(['log-00000004.hint', 'log-00000006.hint'])
  rewrite(medium, stale)
  rewrite(medium, stale, '/store/cache/log-00000002.hint.tmp')
  const fourth = await simStorage(boot(medium), options).openWriter('fourth')
  await fourth.writer.close()
  expect(hintsOf(medium), 'opening').toHaveLength(2)
})

test('a reader makes no hint, and a short segment has none', async () => {
  const { medium, given } = await closed()
  const bare = without(medium)
  bare.onStep = ({ operation, path }) => {
    throw new Error(`${operation} of ${path}`)
  }
  expect(await readFrom(bare, 100)).toEqual(given.slice(99))
  const small = new SimMedium()
  const { writer } = await simStorage(boot(small)).openWriter('small')
  await append(
    writer,
    texts(1, 20).map((text) => Buffer.from(text)),
  )
  await writer.close()
  expect(hintsOf(small)).toEqual([])
})

test.each(['EIO', 'ENOSPC'])(
  'no step of a hint that fails with %s, and no power cut there, costs anything else',
  async (code) => {
    for (let failing = 0, steps = 1; failing < steps; failing++) {
      const medium = new SimMedium()
      const given = texts(1, 130)
      const { writer } = await simStorage(boot(medium), { segmentBytes: 80 * kiB }).openWriter('first')
      let seen = 0
      let cut: SimMedium | undefined
      medium.onStep = ({ path }) => {
        if (!path.startsWith('/store/cache') || seen++ !== failing) return undefined
        cut = medium.fork()
        return { fail: code }
      }
      for (let at = 0; at < given.length; at += 10) {
        await append(
          writer,
          given.slice(at, at + 10).map((text) => Buffer.from(text)),
        )
      }
      expect(await writer.stats(), `step ${failing}`).toMatchObject({ health: 'ok', durableSeq: 130 })
      await writer.close()
      medium.onStep = () => undefined
      steps = Math.max(steps, seen)
      expect(await readFrom(medium, 65)).toEqual(given.slice(64))
      const after = cut?.afterPowerCut(seededPick(failing))
      if (after === undefined) throw new Error(`step ${failing} was not reached`)
      const next = await simStorage(boot(after)).openWriter('next')
      const served = await readAll(next.writer, 2)
      expect(served).toEqual(given.slice(1, next.recovery.lastSeq))
      await next.writer.close()
      expect(await readFrom(after, 60)).toEqual(given.slice(59, next.recovery.lastSeq))
    }
  },
)
