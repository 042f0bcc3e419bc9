import assert from 'node:assert/strict'
import type { LogReader, LogWriter, Ptr } from '@stateward/contract'
import { refused } from '../codes.ts'
import { Follower } from './follower.ts'
import { lineOf } from './lines.ts'
import { baseBack, chunked, fetched, linesFrom, type Row } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

const commits = Array.from({ length: 20 }, (_, n) => lineOf(`commit ${n + 1}`))
const rows: readonly Row[] = [
  [3, lineOf('row 3')],
  [12, lineOf('row 12')],
]

/** What `truncate` promises. */
export const truncateCases: readonly StorageCase[] = [
  storageCase('truncate without a base that covers it changes nothing', async (trial) => {
    const { writer, ptrs } = await filled(trial)
    await writer.truncate(10)
    await writer.saveBase(9, chunked([[9, lineOf('row 9')]]))
    await writer.truncate(10)
    assert.equal((await writer.stats()).firstSeq, 1)
    assert.deepEqual(await linesFrom(writer, 1), commits)
    assert.deepEqual(await fetched(writer, ptrs), commits)
  }),

  storageCase('after truncate, read gives what is from firstSeq on, and is TRIMMED below', async (trial) => {
    const { writer } = await filled(trial)
    await writer.saveBase(12, chunked(rows))
    await writer.truncate(12)
    for (const reader of [writer, await trial.reader()]) {
      const firstSeq = await assertReadable(reader, 12)
      if (firstSeq > 1) await refused('TRIMMED', 'follow from below firstSeq', firstBatch(trial, reader, firstSeq - 1))
    }
    const follower = new Follower(trial, writer, 13)
    await follower.reached(20)
    await follower.stop()
    assert.deepEqual(follower.found.lines, commits.slice(12))
  }),

  storageCase(
    'after truncate, pointers behind it and those of the base hold, and no other gives wrong bytes',
    async (trial) => {
      const { writer, ptrs } = await filled(trial)
      const rowPtrs = await writer.saveBase(12, chunked(rows))
      await writer.truncate(12)
      assert.deepEqual(await fetched(writer, ptrs.slice(12)), commits.slice(12))
      assert.deepEqual(
        await fetched(writer, rowPtrs),
        rows.map(([, line]) => line),
      )
      assert.deepEqual((await baseBack(writer))?.rows, rows)
      const dead = await fetched(writer, ptrs.slice(0, 12))
      dead.forEach((line, at) => {
        assert(line === undefined || line === commits[at], `pointer of commit ${at + 1} gives undefined, found ${line}`)
      })
      const mixed = await fetched(
        writer,
        [ptrs[0], ptrs[19], rowPtrs[1]].map((ptr) => ptr ?? Number.NaN),
      )
      assert.deepEqual(
        mixed.slice(1),
        [commits[19], rows[1]?.[1]],
        'dead pointers do not shift the answers of live ones',
      )
    },
  ),

  storageCase('seqs go on after truncate, even when every commit has gone', async (trial) => {
    const { writer } = await filled(trial)
    await writer.saveBase(20, chunked(rows))
    await writer.truncate(20)
    const { firstSeq, lastSeq } = await writer.stats()
    assert.equal(lastSeq, 20, 'truncate leaves lastSeq where it was')
    assert(firstSeq >= 1 && firstSeq <= 21, `firstSeq is at most lastSeq + 1, found ${firstSeq}`)
    await refused('CONFLICT', 'an append as if the log were empty', trial.append(writer, 0, commits))
    await trial.append(writer, 20, commits)
    assert.deepEqual(await linesFrom(writer, 21), commits)
    await writer.close()
    const next = await trial.writer()
    assert.equal((await next.stats()).lastSeq, 40)
    await trial.append(next, 40, [lineOf('after')])
    assert.deepEqual(await linesFrom(next, 41), [lineOf('after')])
  }),

  storageCase('a log may be based and truncated again and again', async (trial) => {
    const { writer } = await filled(trial)
    for (let round = 1; round <= 4; round++) {
      const upTo = round * 20 - 8
      const line = lineOf(`round ${round}`)
      const ptrs = await writer.saveBase(upTo, chunked([[upTo, line]]))
      await writer.truncate(upTo)
      assert.deepEqual((await baseBack(writer))?.rows, [[upTo, line]])
      assert.deepEqual(await fetched(writer, ptrs), [line])
      assert.deepEqual(await linesFrom(writer, upTo + 1), commits.slice(12))
      await trial.append(writer, round * 20, commits)
    }
    await writer.truncate(1)
    assert.equal((await writer.stats()).lastSeq, 100, 'truncate of what has gone already changes nothing')
    assert((await writer.verify()).ok, 'verify finds no damage in a truncated log')
  }),
]

async function filled(trial: Trial): Promise<{ writer: LogWriter; ptrs: readonly Ptr[] }> {
  const writer = await trial.writer()
  const { ptrs } = await trial.append(writer, 0, commits)
  return { writer, ptrs }
}

/** Looks at every seq, and gives `firstSeq`. */
async function assertReadable(reader: LogReader, upTo: number): Promise<number> {
  const { firstSeq } = await reader.stats()
  assert(firstSeq >= 1 && firstSeq <= upTo + 1, `truncate lets go of nothing above ${upTo}, found firstSeq ${firstSeq}`)
  for (let from = 1; from <= commits.length; from++) {
    if (from < firstSeq)
      await refused('TRIMMED', `read from ${from}, below firstSeq ${firstSeq}`, linesFrom(reader, from))
    else assert.deepEqual(await linesFrom(reader, from), commits.slice(from - 1), `read from commit ${from}`)
  }
  return firstSeq
}

async function firstBatch(trial: Trial, reader: LogReader, from: number): Promise<void> {
  for await (const _ of reader.follow(from, trial.abortable().signal)) return
}
