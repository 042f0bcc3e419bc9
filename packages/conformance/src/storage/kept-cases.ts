import assert from 'node:assert/strict'
import type { LogReader, Seq } from '@stateward/contract'
import { CaseSkipped } from '../case.ts'
import { refused } from '../codes.ts'
import { decode, lineOf } from './lines.ts'
import { chunked, collected } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

const commits = Array.from({ length: 20 }, (_, n) => lineOf(`commit ${n + 1}`))

/** What `readKept` promises, where a storage has it. */
export const keptCases: readonly StorageCase[] = [
  storageCase(
    'where nothing was let go of, readKept gives what read gives, up to the tail at the call',
    async (trial) => {
      const writer = await filled(trial)
      for (const reader of [writer, await trial.reader()]) {
        const reading = readKept(reader, 4)
        await trial.append(writer, (await writer.stats()).lastSeq, [lineOf('later')])
        assert.deepEqual((await collected(reading, 4)).lines.slice(0, 17), commits.slice(3))
        assert.deepEqual(await keptFrom(reader, 20), new Map([[20, commits[19]], ...(await later(writer))]))
      }
    },
  ),

  storageCase('after truncate readKept gives what is still there, in order, and is never TRIMMED', async (trial) => {
    const writer = await filled(trial)
    await writer.saveBase(12, chunked([[12, lineOf('row')]]))
    await writer.truncate(12)
    for (const reader of [writer, await trial.reader()]) {
      const found = await keptFrom(reader, 1)
      const seqs = [...found.keys()]
      assert.deepEqual(
        seqs,
        [...seqs].sort((left, right) => left - right),
        'commits come in their order',
      )
      for (const [seq, line] of found) assert.equal(line, commits[seq - 1], `commit ${seq} is what it was`)
      const { firstSeq } = await reader.stats()
      const whole = Array.from({ length: 21 - firstSeq }, (_, n) => firstSeq + n)
      assert.deepEqual(
        seqs.filter((seq) => seq >= firstSeq),
        whole,
        'what read gives, readKept gives too',
      )
      assert.deepEqual([...(await keptFrom(reader, 15)).keys()], [15, 16, 17, 18, 19, 20])
    }
  }),

  storageCase('readKept is CLOSED after close', async (trial) => {
    const writer = await filled(trial)
    await writer.close()
    await refused('CLOSED', 'readKept after close', keptFrom(writer, 1))
  }),
]

async function filled(trial: Trial) {
  const writer = await trial.writer()
  if (writer.readKept === undefined) throw new CaseSkipped()
  await trial.append(writer, 0, commits)
  return writer
}

function readKept(reader: LogReader, from: Seq): ReturnType<LogReader['read']> {
  assert(reader.readKept !== undefined, 'where a writer has readKept its readers have it')
  return reader.readKept(from)
}

async function keptFrom(reader: LogReader, from: Seq): Promise<Map<Seq, string>> {
  const found = new Map<Seq, string>()
  for await (const { firstSeq, records } of readKept(reader, from))
    for (const [at, record] of records.entries()) found.set(firstSeq + at, decode(record))
  return found
}

async function later(writer: LogReader): Promise<[Seq, string][]> {
  const { lastSeq } = await writer.stats()
  return Array.from({ length: lastSeq - 20 }, (_, n) => [21 + n, lineOf('later')])
}
