import type { Durability } from '@stateward/contract'
import { expect, test } from 'vitest'
import { BatchBuffer } from '../src/appending/batch-buffer.ts'
import { levelOfBatch, takeBatch, type Waiting } from '../src/appending/waiting.ts'
import { bounds } from '../src/environment/bounds.ts'
import { LostSeqs } from '../src/format/lost-seqs.ts'
import { SeekTable } from '../src/format/seek-table.ts'
import { ArchiveMembers } from '../src/scanning/archive-members.ts'

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

test('where the members of an archive begin comes back as it was saved; bytes that no archive gives are none', () => {
  const members = new ArchiveMembers()
  const points = [
    { seq: 1, byte: 0, epoch: 1 },
    { seq: 1, byte: 70, epoch: 1 },
    { seq: 9, byte: 150, epoch: 2 },
  ]
  for (const point of points) members.add(point)
  const read = ArchiveMembers.decode(members.encode(), 151)
  expect(read?.size).toBe(3)
  expect([0, 1, 8, 9, 99].map((seq) => read?.before(seq))).toEqual([
    undefined,
    points[1],
    points[1],
    points[2],
    points[2],
  ])
  for (const [at, value, packed] of [
    [8, 1n, 151],
    [24, 0n, 151],
    [32, 0n, 151],
    [56, 70n, 151],
    [56, 69n, 151],
    [56, 151n, 151],
    [0, 0n, 150],
  ] as const) {
    const bytes = members.encode()
    if (packed === 151) bytes.writeBigUInt64LE(value, at)
    expect(ArchiveMembers.decode(bytes, packed), `${value} at ${at}`).toBeUndefined()
  }
  expect(ArchiveMembers.decode(Buffer.alloc(0), 1)).toBeUndefined()
  expect(ArchiveMembers.decode(members.encode().subarray(1), 151)).toBeUndefined()
})

test('the buffer of batches is used again, that of a very large one is not kept', () => {
  const buffer = new BatchBuffer()
  const place = { segment: 1, offset: 0, firstSeq: 1, dur: 0 }
  const of = (room: number) => buffer.fill([{ records: [Buffer.from('{}')] }], room, place).bytes.buffer
  const first = of(100)
  expect(of(4_000)).toBe(first)
  const larger = of(100_000)
  expect([larger.byteLength, of(100), of(131_072)]).toEqual([131_072, larger, larger])
  expect(of(bounds.batchBytes * 2 + 1).byteLength).toBe(bounds.batchBytes * 2 + 1)
  expect(of(100)).toBe(larger)
  expect(of(bounds.batchBytes * 2).byteLength).toBe(bounds.batchBytes * 2)
  expect(of(100).byteLength).toBe(bounds.batchBytes * 2)
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
