import assert from 'node:assert/strict'
import { refused } from '../codes.ts'
import { encode, lineOf, trickyLines } from './lines.ts'
import { baseBack, chunked, fetched, linesFrom, type Row } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

const commits = Array.from({ length: 20 }, (_, n) => lineOf(`commit ${n + 1}`))
const former: readonly Row[] = [
  [1, lineOf('former 1')],
  [4, lineOf('former 4')],
]
const newer: readonly Row[] = [
  [2, lineOf('newer 2')],
  // One commit may have changed several records.
  [7, lineOf('newer 7, one')],
  [7, '{"type":"delete","timestamp":"2026-01-01T00:00:00.000Z","target":"note","id":"gone","rev":2}'],
  [9, lineOf('newer 9')],
]

/** What `saveBase` and `loadBase` promise. */
export const baseCases: readonly StorageCase[] = [
  storageCase('a base comes back row by row, with pointers that lead to its rows', async (trial) => {
    const writer = await filled(trial)
    const ptrs = await writer.saveBase(9, chunked(newer, 3))
    assert.equal(ptrs.length, newer.length, 'saveBase answers one pointer a row')
    assert.deepEqual(await fetched(writer, ptrs), linesOf(newer))
    const found = await baseBack(writer)
    assert.deepEqual({ upTo: found?.upTo, rows: found?.rows }, { upTo: 9, rows: newer })
    assert.deepEqual(await fetched(writer, found?.ptrs ?? []), linesOf(newer))
  }),

  storageCase('the rows of a base come back as they were given', async (trial) => {
    const writer = await filled(trial)
    const rows = trickyLines.map((line): Row => [3, line])
    const ptrs = await writer.saveBase(3, chunked(rows, 2))
    assert.deepEqual((await baseBack(writer))?.rows, rows)
    assert.deepEqual(await fetched(writer, ptrs), trickyLines)
  }),

  storageCase('a base may be empty, and its chunks of any size', async (trial) => {
    const writer = await filled(trial)
    assert.equal((await writer.saveBase(5, chunked([]))).length, 0)
    assert.deepEqual(await baseBack(writer), { upTo: 5, rows: [], ptrs: [] })
    async function* uneven() {
      yield { seqs: [], records: [] }
      yield* chunked(newer.slice(0, 1))
      yield { seqs: [], records: [] }
      yield* chunked(newer.slice(1))
      yield { seqs: [], records: [] }
    }
    assert.equal((await writer.saveBase(9, uneven())).length, newer.length)
    assert.deepEqual((await baseBack(writer))?.rows, newer)
  }),

  storageCase('a base may have more rows than a batch may have records', async (trial) => {
    const writer = await filled(trial)
    const count = Math.min(trial.storage.caps.maxBatchRecords, 10_000) + 1_500
    const rows = Array.from({ length: count }, (_, n): Row => [1 + Math.floor((n * 20) / count), lineOf(`row ${n}`)])
    const ptrs = await writer.saveBase(20, chunked(rows, 1_000))
    assert.deepEqual((await baseBack(writer))?.rows, rows)
    const picks = [count - 1, 0, 4_096 % count, 1_024 % count]
    assert.deepEqual(
      await fetched(
        writer,
        picks.map((pick) => ptrs[pick] ?? Number.NaN),
      ),
      picks.map((pick) => rows[pick]?.[1]),
    )
  }),

  storageCase('a newer base replaces the former one; the pointers of both hold', async (trial) => {
    const writer = await filled(trial)
    const commitPtrs = (await trial.append(writer, 20, commits)).ptrs
    const formerPtrs = await writer.saveBase(4, chunked(former))
    const newerPtrs = await writer.saveBase(9, chunked(newer))
    const found = await baseBack(writer)
    assert.deepEqual([found?.upTo, found?.rows], [9, newer])
    assert.deepEqual(await fetched(writer, newerPtrs), linesOf(newer))
    assert.deepEqual(await fetched(writer, formerPtrs), linesOf(former), 'old pointers hold until truncate')
    assert.deepEqual(await fetched(writer, commitPtrs), commits)
    assert.deepEqual(await linesFrom(writer, 1), [...commits, ...commits], 'a base alone takes no commit away')
  }),

  storageCase('a base whose rows fail half-way leaves the former one', async (trial) => {
    const writer = await filled(trial)
    await writer.saveBase(4, chunked(former))
    async function* failing() {
      yield* chunked(newer.slice(0, 2), 1)
      throw new Error('the rows have failed')
    }
    await assert.rejects(writer.saveBase(9, failing()), 'saveBase rejects when its rows fail')
    await assertFormer(trial)
    await writer.saveBase(9, chunked(newer))
    assert.deepEqual((await baseBack(writer))?.rows, newer, 'the next base is saved as if nothing had happened')
  }),

  storageCase('a base that is aborted leaves the former one', async (trial) => {
    const writer = await filled(trial)
    await writer.saveBase(4, chunked(former))
    const abort = trial.abortable()
    async function* aborting() {
      yield* chunked(newer.slice(0, 2), 1)
      abort.abort()
      yield* chunked(newer.slice(2), 1)
    }
    await refused(
      'ABORTED',
      'saveBase whose signal has aborted',
      writer.saveBase(9, aborting(), { signal: abort.signal }),
    )
    await assertFormer(trial)
  }),

  storageCase('readers see the former base or the new one, and never a part', async (trial) => {
    const writer = await filled(trial)
    const reader = await trial.reader()
    await writer.saveBase(4, chunked(former))
    async function* watched() {
      for await (const chunk of chunked(newer, 1)) {
        assert.deepEqual(
          (await baseBack(reader))?.rows,
          former,
          'while a base is being saved, readers see the former one',
        )
        yield chunk
      }
    }
    await writer.saveBase(9, watched())
    assert.deepEqual((await baseBack(reader))?.rows, newer)
  }),

  storageCase('appends go on while a base is being saved', async (trial) => {
    const writer = await filled(trial)
    async function* appending() {
      yield* chunked(newer.slice(0, 2))
      await trial.append(writer, 20, commits)
      yield* chunked(newer.slice(2))
    }
    await writer.saveBase(9, appending())
    assert.deepEqual((await baseBack(writer))?.rows, newer)
    assert.deepEqual(await linesFrom(writer, 21), commits)
    await trial.append(writer, 40, commits)
    assert.deepEqual(await linesFrom(writer, 41), commits)
  }),

  storageCase('a base of a state that is not there yet is refused', async (trial) => {
    const writer = await filled(trial)
    await writer.saveBase(4, chunked(former))
    await assert.rejects(writer.saveBase(21, chunked(newer)), 'saveBase above the tail is refused')
    await assertFormer(trial)
  }),

  storageCase('the rows of a saved base do not change with the buffers that they were given in', async (trial) => {
    const writer = await filled(trial)
    const buffer = encode(lineOf('row'))
    async function* oneRow() {
      yield { seqs: [1], records: [buffer] }
    }
    const ptrs = await writer.saveBase(1, oneRow())
    buffer.fill(0x20)
    assert.deepEqual((await baseBack(writer))?.rows, [[1, lineOf('row')]])
    assert.deepEqual(await fetched(writer, ptrs), [lineOf('row')])
  }),
]

async function filled(trial: Trial) {
  const writer = await trial.writer()
  await trial.append(writer, 0, commits)
  return writer
}

async function assertFormer(trial: Trial): Promise<void> {
  const found = await baseBack(await trial.reader())
  assert.deepEqual([found?.upTo, found?.rows], [4, former], 'the former base is there, whole')
}

function linesOf(rows: readonly Row[]): string[] {
  return rows.map(([, line]) => line)
}
