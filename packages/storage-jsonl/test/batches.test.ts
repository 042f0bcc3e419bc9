import type { Durability } from '@stateward/contract'
import { expect, test } from 'vitest'
import { bounds } from '../src/bounds.ts'
import { LostSeqs } from '../src/lost-seqs.ts'
import { SeekTable } from '../src/seek-table.ts'
import { levelOfBatch, takeBatch, type Waiting } from '../src/waiting.ts'

function waiting(room: number, commits = 1, durability: Durability = 'none'): Waiting {
  const records = new Array<Uint8Array>(commits).fill(Buffer.from('{}'))
  return { records, room, firstSeq: 1, durability, resolve: () => {}, reject: () => {} }
}

test('a batch holds at least one append, and no more bytes or commits than its bounds', () => {
  const queue = [waiting(bounds.batchBytes * 2), waiting(10), waiting(bounds.batchBytes - 10), waiting(1)]
  expect(takeBatch(queue)).toHaveLength(1)
  expect(takeBatch(queue)).toHaveLength(2)
  expect(takeBatch(queue)).toHaveLength(1)
  const many = [waiting(1, bounds.batchCommits - 1), waiting(1, 1), waiting(1, 1)]
  expect(takeBatch(many)).toHaveLength(2)
  expect(takeBatch([])).toEqual([])
})

test('all of a batch gets the strongest level that is asked for in it', () => {
  expect(levelOfBatch([waiting(1), waiting(1, 1, 'commit'), waiting(1, 1, 'interval')])).toBe('commit')
  expect(levelOfBatch([waiting(1, 1, 'interval'), waiting(1)])).toBe('interval')
  expect(levelOfBatch([])).toBe('none')
})

test('lost commits are ranges that do not touch, and each of them is found', () => {
  const lost = new LostSeqs()
  for (const [from, to] of [
    [3, 5],
    [6, 6],
    [9, 12],
    [10, 11],
  ] as const)
    lost.add(from, to)
  expect(lost.ranges).toEqual([
    { from: 3, to: 6 },
    { from: 9, to: 12 },
  ])
  expect(Array.from({ length: 14 }, (_, seq) => seq).filter((seq) => lost.has(seq))).toEqual([
    3, 4, 5, 6, 9, 10, 11, 12,
  ])
})

test('a table of places comes back as it was saved; bytes that no table gives are none', () => {
  const table = new SeekTable()
  for (let seq = 1; seq <= 4; seq++) table.note(seq * 10, seq * bounds.seekBytes)
  const saved = table.encode(30)
  const read = SeekTable.decode(saved)
  expect(read?.size).toBe(3)
  expect([9, 10, 19, 40].map((seq) => read?.before(seq)?.seq)).toEqual([undefined, 10, 10, 30])
  expect(SeekTable.decode(saved.subarray(0, -1)), 'half a place').toBeUndefined()
  const again = Buffer.concat([saved, saved])
  expect(SeekTable.decode(again), 'places that do not ascend').toBeUndefined()
  const near = Buffer.from(saved)
  near.writeBigUInt64LE(BigInt(bounds.seekBytes + 1), 24)
  expect(SeekTable.decode(near), 'places that are too near').toBeUndefined()
})
