import assert from 'node:assert/strict'
import { hasCode, type LogReader } from '@stateward/contract'
import { refused, refusedSync } from '../codes.ts'
import { Follower } from './follower.ts'
import { lineOf } from './lines.ts'
import { baseBack, chunked, linesFrom, type Row } from './read-back.ts'
import { type StorageCase, storageCase } from './trial.ts'

const a = lineOf('a')
const b = lineOf('b')
const many = Array.from({ length: 30 }, (_, n) => lineOf(`commit ${n + 1}`))

/** What `close` promises: whatever waits is settled, whatever comes later is CLOSED. */
export const closeCases: readonly StorageCase[] = [
  storageCase('every method of a closed reader rejects with CLOSED', async (trial) => {
    const writer = await trial.writer()
    const { ptrs } = await trial.append(writer, 0, [a])
    const reader = await trial.reader()
    await reader.close()
    await refuseReads(reader, ptrs)
    assert.deepEqual(await linesFrom(writer, 1), [a], 'closing a reader does not disturb the writer')
  }),

  storageCase('every method of a closed writer rejects with CLOSED', async (trial) => {
    const writer = await trial.writer()
    const { ptrs } = await trial.append(writer, 0, [a])
    await writer.close()
    await refuseReads(writer, ptrs)
    await refused('CLOSED', 'append after close', trial.append(writer, 1, [b]))
    await refused('CLOSED', 'a barrier after close', trial.append(writer, 1, []))
    await refused('CLOSED', 'saveBase after close', writer.saveBase(1, chunked([[1, a]])))
    await refused('CLOSED', 'truncate after close', writer.truncate(1))
    assert.deepEqual(await linesFrom(await trial.reader(), 1), [a])
  }),

  storageCase('close may be called twice, and lets the next writer in', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, [a])
    await Promise.all([writer.close(), writer.close()])
    await writer.close()
    const next = await trial.writer()
    await trial.append(next, 1, [b])
    assert.deepEqual(await linesFrom(next, 1), [a, b])
  }),

  storageCase('appends under way when their writer is closed settle, and what they answer is true', async (trial) => {
    const writer = await trial.writer()
    const appends = many.map((line, seq) => trial.append(writer, seq, [line]))
    const [outcomes] = await Promise.all([Promise.allSettled(appends), writer.close()])
    const landed = await linesFrom(await trial.writer(), 1)
    assert.deepEqual(landed, many.slice(0, landed.length), 'what has landed are the first of the appends')
    outcomes.forEach((outcome, at) => {
      const seq = at + 1
      if (outcome.status === 'fulfilled')
        assert(seq <= landed.length, `commit ${seq} was acknowledged and is not there`)
      else if (!hasCode(outcome.reason, 'UNKNOWN')) {
        assert(seq > landed.length, `commit ${seq} was refused (${outcome.reason}) and is there`)
      }
    })
  }),

  storageCase('reads and followers settle when their reader is closed', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, many)
    const reader = await trial.reader()
    const waiting = new Follower(trial, reader, many.length + 1)
    const behind = new Follower(trial, reader, 1)
    await behind.reached(many.length)
    const settling = Promise.allSettled([waiting.ended, behind.ended, linesFrom(reader, 1)])
    await reader.close()
    for (const outcome of await settling) {
      if (outcome.status === 'rejected') {
        assert(
          hasCode(outcome.reason, 'CLOSED'),
          `what waits on a reader that is closed is CLOSED, found ${outcome.reason}`,
        )
      }
    }
    assert.deepEqual(waiting.found.lines, [])
    assert.deepEqual(behind.found.lines, many)
  }),

  storageCase('a base under way when its writer is closed settles, and is there whole or not at all', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, many)
    const rows: Row[] = many.map((line, at) => [at + 1, line])
    let closing: Promise<void> | undefined
    async function* closedHalfWay() {
      yield* chunked(rows.slice(0, 10), 5)
      closing = writer.close()
      yield* chunked(rows.slice(10), 5)
    }
    const [outcome] = await Promise.allSettled([writer.saveBase(many.length, closedHalfWay())])
    await closing
    const found = await baseBack(await trial.reader())
    assert.deepEqual(found?.rows, outcome?.status === 'fulfilled' ? rows : undefined)
  }),
]

async function refuseReads(reader: LogReader, ptrs: readonly number[]): Promise<void> {
  await refused('CLOSED', 'stats after close', reader.stats())
  await refused('CLOSED', 'read after close', linesFrom(reader, 1))
  await refused('CLOSED', 'follow after close', firstOf(reader))
  await refused('CLOSED', 'fetch after close', reader.fetch(ptrs))
  await refused('CLOSED', 'loadBase after close', reader.loadBase())
  await refused('CLOSED', 'verify after close', reader.verify())
  const { fetchSync } = reader
  if (fetchSync !== undefined) refusedSync('CLOSED', 'fetchSync after close', () => fetchSync.call(reader, ptrs))
}

async function firstOf(reader: LogReader): Promise<void> {
  for await (const _ of reader.follow(1, new AbortController().signal)) return
}
