import assert from 'node:assert/strict'
import type { BaseChunk, LogReader, Ptr } from '@stateward/contract'
import { Seeded } from '../seeded.ts'
import { decode, lineOf } from './lines.ts'
import { fetched, readBack } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

const lines = Array.from({ length: 40 }, (_, n) => lineOf(`commit ${n + 1} ${'x'.repeat(n * 7)}`))

async function* oneRow(): AsyncGenerator<BaseChunk> {
  yield { seqs: [20], records: [Buffer.from(lineOf('a row'))] }
}

/** What pointers promise. */
export const fetchCases: readonly StorageCase[] = [
  storageCase('fetch gives records in the order asked, as often as asked', async (trial) => {
    const { reader, ptrs } = await filled(trial)
    const seeded = new Seeded(11)
    for (let turn = 0; turn < 20; turn++) {
      const picks = Array.from({ length: seeded.below(60) }, () => seeded.below(lines.length))
      const found = await fetched(reader, atPicks(ptrs, picks))
      assert.deepEqual(found, atPicks(lines, picks), `fetch of commits ${picks.map((pick) => pick + 1)}`)
    }
    assert.deepEqual(await reader.fetch([]), [])
  }),

  storageCase('fetchSync, where it is there, equals fetch', async (trial) => {
    const { reader, ptrs } = await filled(trial)
    if (reader.fetchSync === undefined) return
    const picks = [3, 0, 39, 3, 17]
    const found = reader.fetchSync(atPicks(ptrs, picks)).map((record) => record && decode(record))
    assert.deepEqual(found, atPicks(lines, picks))
    assert.deepEqual(reader.fetchSync([]), [])
  }),

  storageCase('readAt, where it is there, gives the commits of these numbers that read gives', async (trial) => {
    const { reader, writer } = await filled(trial)
    const beside = await trial.reader()
    const asked = [17, 1, 40, 17, 41, 0, -1, 0.5, 18]
    const look = async (one: LogReader, firstSeq: number): Promise<void> => {
      if (one.readAt === undefined) return
      const found = await one.readAt(asked)
      const expected = asked.map((seq) => (seq >= firstSeq ? lines[seq - 1] : undefined))
      assert.deepEqual(
        found.map((record) => record && decode(record)),
        expected,
      )
      assert.deepEqual(await one.readAt([]), [])
    }
    await look(writer, 1)
    await look(beside, 1)
    await writer.saveBase(20, oneRow())
    await writer.truncate(20)
    await look(reader, (await reader.stats()).firstSeq)
  }),

  storageCase('pointers from append, read and follow lead to the same records', async (trial) => {
    const { reader, ptrs } = await filled(trial)
    assert.deepEqual(await fetched(reader, ptrs), lines)
    assert.deepEqual(await fetched(reader, (await readBack(reader, 1)).ptrs), lines)
    assert.deepEqual(await fetched(reader, (await readBack(reader, 31)).ptrs), lines.slice(30))
    const followed: Ptr[] = []
    const abort = trial.abortable()
    for await (const batch of reader.follow(1, abort.signal)) {
      followed.push(...batch.ptrs)
      if (followed.length === lines.length) abort.abort()
    }
    assert.deepEqual(await fetched(reader, followed), lines)
  }),

  storageCase('pointers of a reader lead to the same records', async (trial) => {
    await filled(trial)
    const reader = await trial.reader()
    const { ptrs } = await readBack(reader, 1)
    assert.deepEqual(await fetched(reader, [...ptrs].reverse()), [...lines].reverse())
  }),

  storageCase('pointers stay good while the log grows', async (trial) => {
    const { reader, ptrs, writer } = await filled(trial)
    for (let turn = 0; turn < 5; turn++) {
      await trial.append(writer, lines.length * (turn + 1), lines)
      assert.deepEqual(await fetched(reader, ptrs), lines)
    }
  }),

  storageCase('no two records have the same pointer', async (trial) => {
    const { ptrs } = await filled(trial)
    assert.equal(new Set(ptrs).size, lines.length)
  }),
]

async function filled(trial: Trial) {
  const writer = await trial.writer()
  const ptrs: Ptr[] = []
  for (let seq = 0; seq < lines.length; seq += 8) {
    ptrs.push(...(await trial.append(writer, seq, lines.slice(seq, seq + 8))).ptrs)
  }
  const reader: LogReader = writer
  return { writer, reader, ptrs }
}

function atPicks<T>(items: readonly T[], picks: readonly number[]): T[] {
  return picks.flatMap((pick) => items.slice(pick, pick + 1))
}
