import { gunzipSync } from 'node:zlib'
import { beside, boot, type Pick, SimClock, SimMedium, seededPick } from '@stateward/conformance'
import { type LogReader, type LogWriter, limits, type Seq } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Retention } from '../../src/index.ts'
import { simStorage } from './sim-storage.ts'

const dayMs = 86_400_000

/** One commit of the model: which versions it holds, when it was made, and its bytes. */
interface Commit {
  readonly seq: Seq
  readonly epoch: number
  readonly at: number
  readonly versions: readonly { readonly id: string; readonly rev: number }[]
  readonly text: string
}

/** A store whose commits are versions of a few records, and the plain truth about it. */
class World {
  readonly clock = new SimClock()
  readonly medium = new SimMedium()
  readonly commits: Commit[] = []
  readonly revs = new Map<string, number>()
  readonly #pick: Pick
  readonly #retention: Retention
  readonly #segmentBytes: number
  writer: LogWriter | undefined
  truncatedTo: Seq = 0
  /** When the log was last truncated. */
  truncatedAt = 0

  constructor(pick: Pick, retention: Retention, segmentBytes = 4_096) {
    this.#pick = pick
    this.#segmentBytes = segmentBytes
    this.#retention = retention
  }

  storage(disk = boot(this.medium)) {
    const { clock } = this
    const segmentBytes = this.#segmentBytes
    return simStorage(disk, { clock, timers: clock, segmentBytes, retention: this.#retention })
  }

  async open(): Promise<LogWriter> {
    await this.writer?.close()
    this.writer = (await this.storage().openWriter('test')).writer
    return this.writer
  }

  async commit(writer: LogWriter): Promise<void> {
    const ids = Array.from({ length: 1 + (this.#pick(4) === 0 ? this.#pick(3) : 0) }, () => `r${this.#pick(6)}`)
    const versions = [...new Set(ids)].map((id) => ({ id, rev: (this.revs.get(id) ?? 0) + 1 }))
    for (const { id, rev } of versions) this.revs.set(id, rev)
    const text = this.#line(versions)
    const seq = this.commits.length + 1
    this.commits.push({ seq, epoch: writer.epoch, at: this.clock.now(), versions, text })
    await writer.append([Buffer.from(text)], { expectedSeq: seq - 1, commitId: `c${seq}`, durability: 'commit' })
  }

  #line(versions: Commit['versions']): string {
    const timestamp = new Date(this.clock.now()).toISOString()
    const filler = 'x'.repeat(this.#pick(3) * 200)
    const op = ({ id, rev }: { id: string; rev: number }) =>
      rev % 7 === 0
        ? { type: 'delete', target: 'note', id, rev }
        : rev % 3 === 1
          ? { type: 'note', data: { id, filler }, rev }
          : { type: 'update', target: 'note', id, changes: { filler }, rev, prev: 1 }
    const [only] = versions
    if (versions.length > 1 || only === undefined)
      return JSON.stringify({ type: 'tx', timestamp, data: { ops: versions.map(op) } })
    const { type, ...rest } = op(only)
    return JSON.stringify({ type, timestamp, ...rest })
  }

  async compact(writer: LogWriter): Promise<void> {
    const upTo = this.commits.length
    await writer.saveBase(upTo, (async function* () {})())
    await writer.truncate(upTo, { newestRev: (type, id) => (type === 'note' ? (this.revs.get(id) ?? 0) : 0) })
    this.truncatedTo = upTo
    this.truncatedAt = this.clock.now()
  }

  /** What must be there, whatever else is. */
  owed({ seq, at, versions }: Commit): boolean {
    const retention = this.#retention
    if (seq > this.truncatedTo || retention === 'all') return true
    if (retention === 'none') return false
    if ('days' in retention) return at >= this.truncatedAt - retention.days * dayMs
    return versions.some(({ id, rev }) => rev > (this.revs.get(id) ?? 0) - retention.versions - limits.patchChain)
  }
}

async function kept(reader: LogReader): Promise<{ seq: Seq; epoch: number; text: string }[]> {
  const found: { seq: Seq; epoch: number; text: string }[] = []
  for await (const { firstSeq, epoch, records } of reader.readKept?.(1) ?? [])
    for (const [at, record] of records.entries())
      found.push({ seq: firstSeq + at, epoch, text: Buffer.from(record).toString() })
  return found
}

async function assertKeeps(world: World, reader: LogReader): Promise<Seq[]> {
  const found = await kept(reader)
  const seqs = found.map(({ seq }) => seq)
  expect(seqs).toEqual([...seqs].sort((left, right) => left - right))
  for (const { seq, epoch, text } of found) {
    expect(text).toBe(world.commits[seq - 1]?.text)
    expect(epoch).toBe(world.commits[seq - 1]?.epoch)
  }
  const there = new Set(seqs)
  expect(world.commits.filter((one) => world.owed(one) && !there.has(one.seq)).map(({ seq }) => seq)).toEqual([])
  const { firstSeq, lastSeq } = await reader.stats()
  expect(lastSeq).toBe(world.commits.length)
  const read: Seq[] = []
  for await (const batch of reader.read(firstSeq)) for (const at of batch.records.keys()) read.push(batch.firstSeq + at)
  expect(read).toEqual(world.commits.slice(firstSeq - 1).map(({ seq }) => seq))
  if (firstSeq > 1)
    await expect(
      reader
        .read(firstSeq - 1)
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toMatchObject({ code: 'TRIMMED' })
  expect(await reader.verify()).toMatchObject({ ok: true, damage: [] })
  return seqs
}

const retentions: readonly Retention[] = ['all', 'none', { days: 2 }, { versions: 1 }, { versions: 3 }]

// A test that is ended by the clock does not say its seed: on a busy machine these histories may take minutes.
test.each(retentions)('retention %j keeps what it says, after any history', { timeout: 600_000 }, async (retention) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(fc.nat({ max: 11 }), { maxLength: 60 }), async (seed, steps) => {
      const pick = seededPick(seed)
      const world = new World(pick, retention)
      let writer = await world.open()
      for (const step of steps) {
        if (step < 7) for (let n = pick(6); n >= 0; n--) await world.commit(writer)
        else if (step === 7) world.clock.pass(pick(dayMs))
        else if (step === 8) writer = await world.open()
        else await world.compact(writer)
      }
      await assertKeeps(world, writer)
      writer = await world.open()
      await world.compact(writer)
      const seqs = await assertKeeps(world, writer)
      await assertKeeps(world, await world.storage(beside(world.medium)).openReader())
      await assertLetGo(world, retention, seqs)
      await writer.close()
    }),
    { numRuns: 25 },
  )
})

/** What is owed no more is gone, but for what a file of the archive takes along. */
async function assertLetGo(world: World, retention: Retention, seqs: readonly Seq[]): Promise<void> {
  if (retention === 'none') expect(seqs).toEqual([])
  if (typeof retention === 'object' && 'versions' in retention && seqs.length > 0) {
    const before = world.commits.length
    // A compaction packs again only what may have changed.
    const writer = await world.open()
    await world.commit(writer)
    await world.compact(writer)
    const now = await assertKeeps(world, writer)
    expect(now).toEqual(world.commits.filter((one) => world.owed(one)).map(({ seq }) => seq))
    expect(now.length).toBeLessThanOrEqual(before + 1)
  }
  if (typeof retention === 'object' && 'days' in retention) {
    const writer = await world.open()
    world.clock.pass(retention.days * dayMs * 2)
    await world.commit(writer)
    await world.compact(writer)
    // The newest commit stays; what was written in one file with it was written an eighth of the time before, at most.
    for (const seq of await assertKeeps(world, writer))
      expect(world.commits[seq - 1]?.at).toBeGreaterThanOrEqual(world.clock.now() - (retention.days * dayMs * 9) / 8)
  }
}

test('hundreds of short openings leave a log that opens as fast as one', async () => {
  const world = new World(seededPick(1), 'all', 67_108_864)
  for (let opening = 1; opening <= 300; opening++) {
    const writer = await world.open()
    await world.commit(writer)
    if ((await writer.stats()).opening?.logSegments === 16) await world.compact(writer)
  }
  const writer = await world.open()
  const { opening, segments } = await writer.stats()
  expect(opening?.logSegments).toBeLessThanOrEqual(16)
  // The base, the segments behind it, and a few files of the archive.
  expect(segments - (opening?.logSegments ?? 0)).toBeLessThan(16)
  await assertKeeps(world, writer)
})

test('lines are in the archive as they were in the log', async () => {
  const world = new World(seededPick(2), 'all')
  for (let opening = 0; opening < 3; opening++) {
    const writer = await world.open()
    for (let n = 0; n < 3; n++) await world.commit(writer)
  }
  const writer = await world.open()
  const lines = [...world.medium.files()]
    .filter(([path]) => path.includes('/log-'))
    .flatMap(([, file]) => Buffer.from(file.bytes).toString().split('\n'))
    .filter((line) => line !== '' && !line.startsWith('{"type":"$'))
  await world.compact(writer)
  const archived = [...world.medium.files()]
    .filter(([path]) => path.includes('/archive/'))
    .flatMap(([, file]) => gunzipSync(file.bytes).toString().split('\n'))
  expect(archived.filter((line) => line !== '' && !line.startsWith('{"type":"$'))).toEqual(lines)
  expect(archived.filter((line) => line.startsWith('{"type":"$epoch"'))).toHaveLength(2)
})

test('an archive of which commits were let go says so in its first line, and no other does', async () => {
  for (const retention of ['all', { versions: 1 }] as const) {
    const world = new World(seededPick(3), retention)
    const writer = await world.open()
    for (let n = 0; n < 90; n++) await world.commit(writer)
    await world.compact(writer)
    const headers = [...world.medium.files()]
      .filter(([path]) => path.includes('/archive/'))
      .map(([, file]) => JSON.parse(gunzipSync(file.bytes).toString().split('\n')[0] ?? ''))
    expect(headers.length).toBeGreaterThan(0)
    for (const { data } of headers) expect(data.sparse).toBe(retention === 'all' ? undefined : true)
  }
})
