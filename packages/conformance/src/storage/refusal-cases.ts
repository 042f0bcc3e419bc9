import assert from 'node:assert/strict'
import type { LogWriter } from '@stateward/contract'
import { refused } from '../codes.ts'
import { lineOf, lineOfBytes } from './lines.ts'
import { fetched, linesFrom } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

/** Larger limits are taken at their word: to fill them would be a test of the machine. */
const reach = { bytes: 40 * 2 ** 20, records: 100_000 } as const
const a = lineOf('a')
const b = lineOf('b')
const c = lineOf('c')

/** What `append` promises when it refuses: these records are not in the log and never will be. */
export const refusalCases: readonly StorageCase[] = [
  storageCase('an append that expects another tail is CONFLICT, and nothing of it lands', async (trial) => {
    const writer = await trial.writer()
    await refused('CONFLICT', 'an append behind commit 1 of an empty log', trial.append(writer, 1, [b]))
    await trial.append(writer, 0, [a, a])
    for (const expectedSeq of [0, 1, 3, 100]) {
      await refused(
        'CONFLICT',
        `an append behind commit ${expectedSeq} of 2`,
        trial.append(writer, expectedSeq, [b, c]),
      )
    }
    assert.deepEqual(await linesFrom(writer, 1), [a, a])
    await trial.append(writer, 2, [c])
    assert.deepEqual(await linesFrom(writer, 1), [a, a, c])
  }),

  storageCase('appends take effect in the order of the calls, settled or not', async (trial) => {
    const writer = await trial.writer()
    const lines = Array.from({ length: 120 }, (_, n) => lineOf(`commit ${n + 1}`))
    const appends: Promise<unknown>[] = []
    for (let seq = 0; seq < lines.length; ) {
      const batch = lines.slice(seq, seq + 1 + (seq % 4))
      appends.push(trial.append(writer, seq, batch))
      seq += batch.length
    }
    await Promise.all(appends)
    assert.deepEqual(await linesFrom(writer, 1), lines)
  }),

  storageCase(
    'an append that fails fails all that were called after it, and the log goes on from its tail',
    async (trial) => {
      const writer = await trial.writer()
      const calls = [
        trial.append(writer, 0, [a]),
        trial.append(writer, 5, [b]),
        trial.append(writer, 6, [b]),
        // This one would fit the tail, had nothing failed before it.
        trial.append(writer, 1, [b]),
      ]
      const outcomes = await Promise.allSettled(calls)
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected', 'rejected'],
      )
      assert.deepEqual(await linesFrom(writer, 1), [a])
      await trial.append(writer, 1, [c])
      assert.deepEqual(await linesFrom(writer, 1), [a, c])
    },
  ),

  storageCase('of many appends on one tail exactly one wins', async (trial) => {
    const writer = await trial.writer()
    const lines = Array.from({ length: 8 }, (_, n) => lineOf(`racer ${n}`))
    const outcomes = await Promise.allSettled(lines.map((line) => trial.append(writer, 0, [line])))
    const winners = lines.filter((_, n) => outcomes[n]?.status === 'fulfilled')
    assert.equal(winners.length, 1, `exactly one of 8 appends behind commit 0 wins, found ${winners.length}`)
    assert.deepEqual(await linesFrom(writer, 1), winners)
  }),

  storageCase(
    'a record of maxRecordBytes fits, one byte more is TOO_LARGE and leaves the log as it was',
    async (trial) => {
      const { maxBatchBytes, maxRecordBytes } = trial.storage.caps
      const most = Math.min(maxRecordBytes, maxBatchBytes)
      const writer = await trial.writer()
      const long = lineOfBytes(Math.min(most, reach.bytes))
      const { ptrs } = await trial.append(writer, 0, [long])
      // assert.equal on megabytes would print them.
      assert((await linesFrom(writer, 1))[0] === long, 'the longest record comes back from read as it was given')
      assert((await fetched(writer, ptrs))[0] === long, 'the longest record comes back from fetch as it was given')
      if (most < reach.bytes)
        await refuseBatch(trial, writer, [a, lineOfBytes(most + 1)], 'a record above maxRecordBytes')
      await trial.append(writer, 1, [b])
      assert.deepEqual(await linesFrom(writer, 2), [b])
    },
  ),

  storageCase('more than maxBatchBytes at once is TOO_LARGE and leaves the log as it was', async (trial) => {
    const { maxBatchBytes, maxBatchRecords, maxRecordBytes } = trial.storage.caps
    const writer = await trial.writer()
    const line = lineOfBytes(Math.min(maxRecordBytes, maxBatchBytes, 2 ** 20))
    const count = Math.floor(maxBatchBytes / line.length) + 1
    if (maxBatchBytes < reach.bytes && count <= maxBatchRecords) {
      await refuseBatch(trial, writer, new Array<string>(count).fill(line), 'a batch above maxBatchBytes')
    }
    await trial.append(writer, 0, [a, b])
    assert.deepEqual(await linesFrom(writer, 1), [a, b])
  }),

  storageCase('maxBatchRecords fit at once, one more is TOO_LARGE and leaves the log as it was', async (trial) => {
    const { maxBatchBytes, maxBatchRecords } = trial.storage.caps
    const writer = await trial.writer()
    const most = Math.min(maxBatchRecords, reach.records, Math.floor(maxBatchBytes / a.length))
    const lines = new Array<string>(most).fill(a)
    if (most === maxBatchRecords) await refuseBatch(trial, writer, [...lines, a], 'a batch above maxBatchRecords')
    await trial.append(writer, 0, lines)
    assert.deepEqual(await linesFrom(writer, 1), lines)
  }),

  storageCase('an append that is repeated is never in the log twice', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, [a], { commitId: 'former' })
    const first = await trial.append(writer, 1, [b, c], { commitId: 'again' })
    const again = trial.append(writer, 1, [b, c], { commitId: 'again' })
    if (trial.storage.caps.unknown === 'resolve') {
      const answer = await again
      assert.equal(
        answer.lastSeq,
        first.lastSeq,
        'repeated with its expectedSeq and commitId, an append answers as the first',
      )
      assert.deepEqual(await fetched(writer, answer.ptrs), [b, c])
    } else {
      // A storage that cannot resolve may still recognise the repetition; what it may not do is write it again.
      await again.catch(() => undefined)
    }
    assert.deepEqual(await linesFrom(writer, 1), [a, b, c])
    await trial.append(writer, 3, [a])
    assert.deepEqual(await linesFrom(writer, 1), [a, b, c, a])
  }),

  storageCase('another commitId on a tail that is taken is CONFLICT', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, [a], { commitId: 'one' })
    await refused(
      'CONFLICT',
      'the same records under another commitId',
      trial.append(writer, 0, [a], { commitId: 'two' }),
    )
    assert.deepEqual(await linesFrom(writer, 1), [a])
  }),
]

async function refuseBatch(trial: Trial, writer: LogWriter, lines: readonly string[], what: string): Promise<void> {
  const before = await writer.stats()
  await refused('TOO_LARGE', what, trial.append(writer, before.lastSeq, lines))
  assert.equal((await writer.stats()).lastSeq, before.lastSeq, `${what} leaves the tail where it was`)
}
