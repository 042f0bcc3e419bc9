import assert from 'node:assert/strict'
import { hasCode, type LogWriter, type Storage } from '@stateward/contract'
import { refused } from '../codes.ts'
import { Seeded } from '../seeded.ts'
import { lineOf } from './lines.ts'
import { baseBack, chunked, linesFrom } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

const a = lineOf('a')
const b = lineOf('b')
const c = lineOf('c')

/** What `openWriter` promises: one writer, fencing or locked. */
export const writerCases: readonly StorageCase[] = [
  storageCase('the epoch grows with each openWriter', async (trial) => {
    const epochs: number[] = []
    for (let turn = 0; turn < 4; turn++) {
      const writer = await trial.writer()
      epochs.push(writer.epoch)
      await trial.append(writer, turn, [a])
      await writer.close()
    }
    const grown = epochs.filter((epoch, at) => at === 0 || epoch > (epochs[at - 1] ?? 0))
    assert.equal(grown.length, epochs.length, `each writer has a higher epoch than the one before it, found ${epochs}`)
  }),

  storageCase('a second writer fences the first (cas), or is LOCKED and does not disturb it (lock)', async (trial) => {
    const first = await trial.writer()
    await trial.append(first, 0, [a])
    if (trial.storage.caps.fencing === 'lock') {
      const { details } = await refused('LOCKED', 'a second openWriter', trial.writer())
      assert.equal(typeof details.pid, 'number', 'LOCKED names the pid of the holder')
      assert.equal(typeof details.host, 'string', 'LOCKED names the host of the holder')
      await trial.append(first, 1, [b])
    } else {
      const second = await trial.writer()
      await refused(['FENCED', 'CONFLICT'], 'an append by the former writer', trial.append(first, 1, [c]))
      await trial.append(second, 1, [b])
      await refused(['FENCED', 'CONFLICT'], 'an append by the former writer', trial.append(first, 2, [c]))
      assert.deepEqual(await linesFrom(first, 1), [a, b], 'a fenced writer still reads')
    }
    assert.deepEqual(await linesFrom(await trial.reader(), 1), [a, b])
  }),

  storageCase('a writer that has lost the log can prove, save and truncate nothing', async (trial) => {
    const old = await trial.writer()
    await trial.append(old, 0, [a, b])
    await old.saveBase(1, chunked([[1, a]]))
    // Where only a lock keeps writers apart, losing the log means having closed it.
    if (trial.storage.caps.fencing === 'lock') await old.close()
    const newer = await trial.writer()
    const lost = ['FENCED', 'CLOSED'] as const
    await refused([...lost, 'CONFLICT'], 'a barrier by a writer that has lost the log', trial.append(old, 2, []))
    await refused([...lost, 'CONFLICT'], 'a base by a writer that has lost the log', old.saveBase(2, chunked([[2, c]])))
    await refused(lost, 'truncate by a writer that has lost the log', old.truncate(1))
    assert.deepEqual((await baseBack(newer))?.rows, [[1, a]])
    assert.deepEqual(await linesFrom(newer, 2), [b])
  }),

  storageCase('of writers that race for one tail exactly one wins', async (trial) => {
    const lines = Array.from({ length: 8 }, (_, n) => lineOf(`racer ${n}`))
    const opening = await Promise.allSettled(lines.map(() => trial.writer()))
    const writers = opening.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined))
    for (const outcome of opening) {
      if (outcome.status === 'rejected')
        assert(hasCode(outcome.reason, 'LOCKED'), `only LOCKED refuses: ${outcome.reason}`)
    }
    const epochs = new Set(writers.flatMap((writer) => writer?.epoch ?? []))
    const open = writers.filter((writer) => writer !== undefined).length
    assert.equal(epochs.size, open, 'no two writers have the same epoch')
    const outcomes = await Promise.allSettled(
      writers.map(async (writer, n) => writer && append(trial, writer, 0, lines[n])),
    )
    const winners = lines.filter((_, n) => writers[n] !== undefined && outcomes[n]?.status === 'fulfilled')
    assert.equal(winners.length, 1, `exactly one of 8 writers appends behind commit 0, found ${winners.length}`)
    assert.deepEqual(await linesFrom(await trial.reader(), 1), winners)
  }),

  storageCase('a repeated append of a fenced writer is not denied when it has landed', async (trial) => {
    const old = await trial.writer()
    await trial.append(old, 0, [a], { commitId: 'landed' })
    if (trial.storage.caps.fencing === 'cas' && trial.storage.caps.unknown === 'resolve') {
      const newer = await trial.writer()
      await trial.append(newer, 1, [b])
      const again = await trial.append(old, 0, [a], { commitId: 'landed' })
      assert.equal(again.lastSeq, 1)
      await refused(['FENCED', 'CONFLICT'], 'an append that has not landed', trial.append(old, 1, [c]))
      assert.deepEqual(await linesFrom(newer, 1), [a, b])
    }
    assert.equal(await countOf(trial, a), 1)
  }),

  storageCase('a reader takes no lock and sees what is there', async (trial) => {
    const early = await trial.reader()
    assert.deepEqual(await linesFrom(early, 1), [], 'a log that was never written to is empty')
    const writer = await trial.writer()
    await trial.append(writer, 0, [a, b])
    const reader = await trial.reader()
    assert.deepEqual(await linesFrom(reader, 1), [a, b])
    assert.equal((await reader.stats()).lastSeq, 2)
    await trial.append(writer, 2, [c])
    assert.deepEqual(await linesFrom(await trial.reader(), 1), [a, b, c])
  }),

  storageCase(
    'writers that take over from one another lose nothing, repeat nothing and invent nothing',
    async (trial) => {
      const sides = [trial.storage, await trial.twin()]
      const acknowledged = await duel(trial, sides)
      const found = await linesFrom(await trial.reader(), 1)
      assert.deepEqual(found, acknowledged)
    },
  ),
]

/** Lets two storages on one medium take the log from each other, in an order that is the same at every run. */
async function duel(trial: Trial, sides: readonly Storage[]): Promise<string[]> {
  const seeded = new Seeded(7)
  const acknowledged: string[] = []
  const writers: (LogWriter | undefined)[] = sides.map(() => undefined)
  for (let turn = 0; turn < 60; turn++) {
    const side = seeded.below(sides.length)
    if (seeded.once(4)) {
      if (trial.storage.caps.fencing === 'lock') await Promise.all(writers.map((writer) => writer?.close()))
      writers[side] = await trial.writer(sides[side])
    }
    const line = lineOf(`turn ${turn}`)
    const writer = writers[side]
    if (writer === undefined) continue
    try {
      await append(trial, writer, acknowledged.length, line)
      acknowledged.push(line)
    } catch (error) {
      const lost = ['FENCED', 'CONFLICT', 'CLOSED'] as const
      assert(
        lost.some((code) => hasCode(error, code)),
        `a writer that has lost the log is FENCED, CONFLICT or CLOSED: ${error}`,
      )
    }
  }
  assert(acknowledged.length > 0, 'in a duel somebody gets to write')
  return acknowledged
}

async function append(trial: Trial, writer: LogWriter, expectedSeq: number, line = ''): Promise<void> {
  await trial.append(writer, expectedSeq, [line])
}

async function countOf(trial: Trial, line: string): Promise<number> {
  const lines = await linesFrom(await trial.reader(), 1)
  return lines.filter((one) => one === line).length
}
