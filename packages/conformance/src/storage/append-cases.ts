import assert from 'node:assert/strict'
import { type Durability, durabilityLevels } from '@stateward/contract'
import { refused } from '../codes.ts'
import { encode, lineOf, trickyLines } from './lines.ts'
import { collected, fetched, linesFrom, readBack } from './read-back.ts'
import { type StorageCase, storageCase } from './trial.ts'

const a = lineOf('a')
const b = lineOf('b')
const c = lineOf('c')
const d = lineOf('d')

/** What `append` promises when it works, and what `read` then gives. */
export const appendCases: readonly StorageCase[] = [
  storageCase('a fresh log is empty: firstSeq 1, lastSeq 0, no commits, no base', async (trial) => {
    const writer = await trial.writer()
    const { firstSeq, lastSeq } = await writer.stats()
    assert.deepEqual({ firstSeq, lastSeq }, { firstSeq: 1, lastSeq: 0 })
    assert.deepEqual(await linesFrom(writer, 1), [])
    assert.equal(await writer.loadBase(), undefined)
  }),

  storageCase('commits are numbered 1, 2, 3 … without gaps, in the order of the records', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, [a])
    await trial.append(writer, 1, [b, c])
    await trial.append(writer, 3, [d])
    assert.equal((await writer.stats()).lastSeq, 4)
    assert.deepEqual(await linesFrom(writer, 1), [a, b, c, d])
  }),

  storageCase('read gives commits with seq ≥ from, whatever batches they were appended in', async (trial) => {
    const writer = await trial.writer()
    const lines = Array.from({ length: 30 }, (_, n) => lineOf(`commit ${n + 1}`))
    for (let seq = 0; seq < lines.length; seq += 5) await trial.append(writer, seq, lines.slice(seq, seq + 5))
    for (let from = 1; from <= lines.length; from++) {
      assert.deepEqual(await linesFrom(writer, from), lines.slice(from - 1), `read from commit ${from}`)
    }
    assert.deepEqual(await linesFrom(writer, lines.length + 1), [], 'read from behind the tail gives nothing')
    assert.deepEqual(await linesFrom(writer, lines.length + 100), [], 'read from far behind the tail gives nothing')
  }),

  storageCase('read goes up to the tail at the call', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, [a, b])
    const batches = writer.read(1)
    await trial.append(writer, 2, [c])
    assert.deepEqual((await collected(batches, 1)).lines, [a, b])
  }),

  storageCase('several reads at once do not disturb one another', async (trial) => {
    const writer = await trial.writer()
    const lines = Array.from({ length: 50 }, (_, n) => lineOf(`commit ${n + 1}`))
    await trial.append(writer, 0, lines)
    const reads = await Promise.all([1, 26, 50, 1].map((from) => linesFrom(writer, from)))
    assert.deepEqual(reads, [lines, lines.slice(25), lines.slice(49), lines])
  }),

  storageCase('bytes come back as they were given, from read and from fetch', async (trial) => {
    const writer = await trial.writer()
    const { ptrs } = await trial.append(writer, 0, trickyLines)
    assert.deepEqual(await linesFrom(writer, 1), trickyLines)
    assert.deepEqual(await fetched(writer, ptrs), trickyLines)
  }),

  storageCase('an acknowledged record does not change with the buffer that it was given in', async (trial) => {
    const writer = await trial.writer()
    const buffer = encode(a)
    const { ptrs } = await writer.append([buffer], { expectedSeq: 0, commitId: 'reused', durability: trial.level })
    buffer.fill(0x20)
    assert.deepEqual(await linesFrom(writer, 1), [a])
    assert.deepEqual(await fetched(writer, ptrs), [a])
  }),

  storageCase(
    'a level of durability on offer is taken, and one that is absent is refused, never lowered',
    async (trial) => {
      const writer = await trial.writer()
      const kept: string[] = []
      for (const level of durabilityLevels) {
        const line = lineOf(level)
        if (trial.storage.caps.survives[level] === undefined) await refuseLevel(level, line)
        else {
          await trial.append(writer, kept.length, [line], { durability: level })
          kept.push(line)
        }
      }
      assert.deepEqual(await linesFrom(writer, 1), kept)

      async function refuseLevel(level: Durability, line: string): Promise<void> {
        const appending = trial.append(writer, kept.length, [line], { durability: level })
        await refused('UNSUPPORTED', `an append at level ${level}, which caps.survives does not list`, appending)
      }
    },
  ),

  storageCase('an append of no records is a barrier: it answers the tail and writes nothing', async (trial) => {
    const writer = await trial.writer()
    const empty = await trial.append(writer, 0, [])
    assert.deepEqual([empty.lastSeq, empty.ptrs], [0, []])
    await trial.append(writer, 0, [a, b])
    await trial.append(writer, 2, [])
    assert.equal((await writer.stats()).lastSeq, 2)
    assert.deepEqual(await linesFrom(writer, 1), [a, b])
    await refused('CONFLICT', 'a barrier that expects another tail', trial.append(writer, 1, []))
    await trial.append(writer, 2, [c])
    assert.deepEqual(await linesFrom(writer, 1), [a, b, c])
  }),

  storageCase('a barrier settles after every append that was called before it', async (trial) => {
    const writer = await trial.writer()
    const settled: string[] = []
    const appending = trial.append(writer, 0, [a]).then(() => settled.push('append'))
    const barrier = trial.append(writer, 1, []).then(() => settled.push('barrier'))
    await Promise.all([appending, barrier])
    assert.deepEqual(settled, ['append', 'barrier'])
    assert.deepEqual(await linesFrom(writer, 1), [a])
  }),

  storageCase('a batch names the epoch of its writer', async (trial) => {
    const first = await trial.writer()
    await trial.append(first, 0, [a, b])
    await first.close()
    const second = await trial.writer()
    await trial.append(second, 2, [c])
    const { epochs } = await readBack(second, 1)
    assert.deepEqual(epochs, [first.epoch, first.epoch, second.epoch])
    assert.equal((await second.stats()).epoch, second.epoch, 'stats names the newest epoch')
  }),

  storageCase('stats counts bytes and parts', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, [a, b, c])
    const { bytes, segments } = await writer.stats()
    assert(Number.isSafeInteger(bytes) && bytes > 0, `a log with three commits occupies bytes, found ${bytes}`)
    assert(Number.isSafeInteger(segments) && segments >= 1, `a log has at least one part, found ${segments}`)
  }),

  storageCase('verify of a healthy log finds every commit and no damage', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, [a, b])
    await trial.append(writer, 2, [c])
    const { ok, commits, damage } = await writer.verify()
    assert.deepEqual({ ok, commits, damage }, { ok: true, commits: 3, damage: [] })
  }),
]
