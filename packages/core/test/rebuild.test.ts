import type { LogReader } from '@stateward/contract'
import { sourceOf } from '@stateward/index'
import { memoryStorage } from '@stateward/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { madeBy, TxidWindow } from '../src/deciding/txid-window.ts'
import { verify } from '../src/integrity/verify.ts'
import { decodeCommit } from '../src/log/codec.ts'
import { Bodies } from '../src/records/bodies.ts'
import { replay, take } from '../src/recovery/replay.ts'
import { Live } from '../src/state/live.ts'
import { call, population, revival } from './arbitrary-calls.ts'
import { askCall } from './ask-call.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { runs } from './runs.ts'
import { tinyDomain } from './tiny-domain.ts'

function empty(reader: LogReader, cacheBytes = 100_000): { live: Live; txids: TxidWindow } {
  return { live: new Live(tinyDomain, new Bodies(reader, cacheBytes)), txids: new TxidWindow() }
}

/** The state as it comes of every line in turn, record by record, up to a commit. */
async function slowly(
  reader: LogReader,
  { upTo = Number.POSITIVE_INFINITY, cacheBytes = 100_000 } = {},
): Promise<{ live: Live; txids: TxidWindow }> {
  const { live, txids } = empty(reader, cacheBytes)
  const base = await reader.loadBase()
  if (base !== undefined) {
    for await (const { records, seqs, ptrs } of base.chunks) {
      for (const [at, record] of records.entries()) {
        live.takeBase(decodeCommit(record, seqs[at] ?? 0), ptrs[at] ?? 0)
        live.pinned.clear()
      }
    }
    live.lastSeq = base.upTo
  }
  for await (const { records, firstSeq, ptrs } of reader.read(live.lastSeq + 1)) {
    for (const [at, record] of records.entries()) {
      const commit = decodeCommit(record, firstSeq + at)
      if (commit.seq <= live.lastSeq || commit.seq > upTo) continue
      await take(commit, ptrs[at] ?? 0, live)
      if (commit.txid !== undefined)
        txids.add(commit.txid, { seq: commit.seq, made: madeBy(commit), results: undefined })
    }
    live.pinned.clear()
  }
  return { live, txids }
}

/**
 * The state as it comes of a checkpoint that was saved while writes went on, and the lines behind its first part: what it
 * says of the whole is as of the first of these commits, its tables as of the second, its indexes as of the third.
 */
async function caughtUp(
  reader: LogReader,
  [first, second, third]: readonly [number, number, number],
): Promise<{ live: Live; txids: TxidWindow }> {
  const before = await slowly(reader, { upTo: first })
  const { live } = await slowly(reader, { upTo: second, cacheBytes: 2_000 })
  const later = await slowly(reader, { upTo: third })
  live.lastSeq = before.live.lastSeq
  live.versions = before.live.versions
  for (const type of [...later.live.types.values()]) {
    const { rows, indexes } = live.type(type.name)
    live.asOf.set(rows, second)
    for (const [at, index] of indexes.entries()) {
      const image = type.indexes[at]?.image
      if (image === undefined) continue
      index.clear()
      index.image?.load(sourceOf(Buffer.concat([...image.save()])))
      live.asOf.set(index, third)
    }
  }
  await replay(reader, live, { isBegun: true, txids: before.txids })
  return { live, txids: before.txids }
}

/** Everything that a state consists of but for its indexes, which are compared with the records themselves. */
function tablesOf({ live, txids }: { live: Live; txids: TxidWindow }, hasBase: boolean): unknown {
  const types = [...live.types.values()].map(({ name, rows }) => {
    const slots = [...rows.ids.slots()]
    const held = slots.map((slot) => [slot, rows.idOf(slot), rows.place(slot), rows.chain(slot)])
    return { name, held, tombstones: [...rows.tombstones] }
  })
  // What a base covers is remembered by more than reading on.
  return { types, lastSeq: live.lastSeq, counts: live.counts, txids: hasBase ? undefined : txids.pack() }
}

async function compare(
  reader: LogReader,
  hasBase: boolean,
  parts: readonly [number, number, number] = [0.2, 0.5, 0.8],
): Promise<void> {
  const fast = empty(reader)
  await replay(reader, fast.live, { txids: fast.txids })
  const slow = await slowly(reader)
  const base = (await reader.loadBase())?.upTo ?? 0
  const seq = (part: number): number => Math.max(base, Math.floor(slow.live.lastSeq * part))
  const caught = await caughtUp(reader, [seq(parts[0]), seq(parts[1]), seq(parts[2])])
  const expected = (await verify(reader, slow.live)).indexes
  for (const quick of [fast, caught]) {
    expect(tablesOf(quick, hasBase)).toEqual(tablesOf(slow, hasBase))
    const { ok, indexes, records } = await verify(reader, quick.live)
    expect({ ok, lying: indexes.filter((one) => !one.ok), records }).toEqual({ ok: true, lying: [], records })
    expect(indexes).toEqual(expected)
  }
}

const step = fc.oneof(
  { weight: 12, arbitrary: call.map((call) => ({ call })) },
  { weight: 1, arbitrary: fc.constant('compact' as const) },
)

const part = fc.double({ min: 0, max: 1, noNaN: true })
const threeParts = fc.tuple(part, part, part).map((parts): [number, number, number] => {
  const [first = 0, second = 0, third = 0] = parts.toSorted((a, b) => a - b)
  return [first, second, third]
})

test('a state that is built at once from its log, or from a part of it, is the one that comes of each line in turn', async () => {
  let records = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }), threeParts, async (steps, parts) => {
      const { state, storage } = await openTiny({ checkpoints: false, compaction: false })
      let hasBase = false
      for (const [at, step] of [{ call: population }, ...revival.map((call) => ({ call })), ...steps].entries()) {
        if (step === 'compact') {
          await state.compact()
          hasBase = true
        } else await askCall(state, step.call, at % 3 === 0 ? `txid ${at}` : undefined).catch(() => undefined)
      }
      records += (await state.stats()).records
      await state.close()
      const reader = await storage.openReader()
      await compare(reader, hasBase, parts)
      await reader.close()
    }),
    { numRuns: runs(15) },
  )
  expect(records).toBeGreaterThan(15)
})

/** A log of these lines, in a storage that does not look into them. */
async function logOf(lines: readonly object[]): Promise<LogReader> {
  const storage = memoryStorage()
  const { writer } = await storage.openWriter('a stranger')
  const records = lines.map((line) => Buffer.from(JSON.stringify(line)))
  await writer.append(records, { expectedSeq: 0, commitId: 'one', durability: 'commit' })
  await writer.close()
  return storage.openReader()
}

const timestamp = '2024-01-20T10:00:00.000Z'

test('lines of strangers count as they do one by one: no rev, no times, odd types, fields that every object has', async () => {
  const reader = await logOf([
    { type: 'task', timestamp, data: { id: 'a', n: 1, constructor: 'text' } },
    { type: 'task', timestamp, data: { id: 'b', n: 'one', due: timestamp, updated_at: '2020-01-01T00:00:00Z' } },
    { type: 'update', timestamp, target: 'task', id: 'a', changes: { n: 2, rev: 9 } },
    { type: 'thing', timestamp, data: { id: 7 } },
    { type: 'task', timestamp, data: ['x', 'y'] },
    { type: 'task', timestamp },
    { type: 'update', timestamp, target: 'task', id: 'b', changes: { n: 3 }, unset: ['n', 'due'] },
    { type: 'delete', timestamp, target: 'task', id: 'nobody' },
    { type: 'delete', timestamp, target: 'task', id: 'a' },
    { type: 'task', timestamp, data: { id: 'a', n: 4, rev: 77 } },
    {
      type: 'tx',
      timestamp,
      data: {
        ops: [
          { type: 'task', data: { id: 'c' } },
          { type: 'delete', target: 'task', id: 'b' },
        ],
      },
    },
    { type: 'tx', timestamp, data: {} },
  ])
  await compare(reader, false)
  await reader.close()
})

test.each([
  ['of what was never there', { type: 'update', timestamp, target: 'task', id: 'x', changes: {} }],
  [
    'of a version that is missing',
    { type: 'update', timestamp, target: 'task', id: 'a', changes: {}, rev: 3, prev: 1 },
  ],
  ['without a timestamp', { type: 'update', target: 'task', id: 'a', changes: {} }],
  ['in a list that is none', { type: 'tx', timestamp, data: { ops: 7 } }],
])('an update %s is CORRUPT, as it is one by one', async (_, line) => {
  const reader = await logOf([{ type: 'task', timestamp, data: { id: 'a' }, rev: 1 }, line])
  const codes = await Promise.all(
    [replay(reader, empty(reader).live), slowly(reader), caughtUp(reader, [1, 1, 1])].map(codeOf),
  )
  expect(codes).toEqual(['CORRUPT', 'CORRUPT', 'CORRUPT'])
  await reader.close()
})
