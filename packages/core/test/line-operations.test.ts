import type { Change, JsonValue } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BytePieces } from '../src/compaction/byte-pieces.ts'
import { changeIn } from '../src/compaction/line-batch.ts'
import { LineChanges } from '../src/compaction/line-changes.ts'
import { type Cut, LineOperations } from '../src/compaction/line-operations.ts'
import { decodeCommit, encodeCommit } from '../src/log/codec.ts'
import { BodyRequest } from '../src/records/bodies.ts'
import { fold } from '../src/records/fold.ts'

const timestamp = '2026-01-31T10:00:00.000Z'
const plainIds = ['a', 'b', '019b76da-a800-7000-8615-61534b6f4b6f']
const id = fc.constantFrom(...plainIds, ...plainIds, 'c"', 'd\\', 'é')
const type = fc.constantFrom('plan', 'task', 'plan', 'task', 'note', 'a"b', 'ü')
const lookalike = fc.record({ type, data: fc.record({ id }), rev: fc.nat(3) })
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('"id":"a"', '{"type":"plan","data":{"id":"a"', '\\', '"}]},{"', '},"rev":1}'),
)
const value: fc.Arbitrary<JsonValue> = fc.oneof(text, fc.integer(), lookalike, fc.array(lookalike, { maxLength: 2 }))
const fields = fc.dictionary(fc.constantFrom('name', 'ops', 'created_at', 'updated_at', 'rev'), value)
const put = fc
  .record({ type, id, fields, isFirst: fc.boolean(), rev: fc.integer({ min: 1, max: 3 }) })
  .map(({ type, id, fields, isFirst, rev }): Change => {
    const data = isFirst ? { id, ...fields, updated_at: timestamp } : { ...fields, id, created_at: timestamp }
    return { op: 'put', type, id, rev, data }
  })
const patch = fc
  .record({ type, id, changes: fields, rev: fc.integer({ min: 2, max: 9 }) })
  .map((one): Change => ({ op: 'patch', prev: 1, unset: [], ...one }))
const commits = fc.uniqueArray(fc.oneof(put, put, put, patch), {
  minLength: 1,
  maxLength: 6,
  selector: (change) => `${change.type} ${change.id}`,
})

function recordIn(line: Uint8Array, { type, id }: Change): unknown {
  const change = decodeCommit(line, 0).changes.find((one) => one.type === type && one.id === id)
  return change && fold(undefined, change, 0)
}

function copied(changes: LineChanges, part: Cut | Uint8Array): Uint8Array {
  if (!('afterType' in part)) return part
  const pieces = new BytePieces()
  // What came before stays as it was.
  const other = pieces.add(Buffer.from('other'))
  const { place, length } = changes.copy(part, pieces)
  expect(pieces.at(other, 5).toString()).toBe('other')
  return pieces.at(place, length)
}

test('the line of one record, cut out of a line of several, says of it what that says', () => {
  let cut = 0
  const operations = new LineOperations()
  fc.assert(
    fc.property(commits, fc.nat(3), (changes, rev) => {
      const line = Buffer.from(encodeCommit(changes, { timestamp, txid: '"rev":1}' }))
      const parts = new LineChanges(line, operations)
      for (const change of changes) {
        const row = { type: { name: change.type }, id: change.id, rev: rev || change.rev }
        const request = new BodyRequest(change.type, change.id, { whole: 0, patches: [], rev: 1, seq: 1 })
        const part = copied(parts, parts.partOf(request))
        expect(decodeCommit(part, 0)).toMatchObject({ timestamp, changes: [{}] })
        expect(recordIn(part, change)).toEqual(recordIn(line, change))
        const own = parts.rowOf(row)
        if (own === undefined) continue
        cut++
        expect(row.rev).toBe(change.rev)
        expect(decodeCommit(copied(parts, own), 0).changes).toHaveLength(1)
        expect(recordIn(copied(parts, own), change)).toEqual(recordIn(line, change))
      }
    }),
    { numRuns: 1_000 },
  )
  // Else it would be right by never cutting anything out.
  expect(cut).toBeGreaterThan(100)
})

test('of two keys that a program of another hand wrote, the one that counts decides', () => {
  const ops = [
    '{"type":"plan","data":{"id":"a","id":"b","name":"of b"},"rev":1}',
    '{"type":"plan","data":{"name":"of a","id":"a"},"rev":1}',
  ]
  const line = Buffer.from(`{"type":"tx","timestamp":"${timestamp}","data":{"ops":[${ops.join(',')}]}}`)
  const parts = new LineChanges(line, new LineOperations())
  const place = { whole: 0, patches: [], rev: 1, seq: 1 }
  for (const id of ['a', 'b']) {
    const part = copied(parts, parts.partOf(new BodyRequest('plan', id, place)))
    expect(decodeCommit(part, 0).changes).toMatchObject([{ id, data: { name: `of ${id}` } }])
    expect(parts.rowOf({ type: { name: 'plan' }, id, rev: 1 })).toBeUndefined()
  }
  const single = Buffer.from('{"type":"plan","timestamp":"T","data":{"id":"a","id":"b"},"rev":1}')
  expect(
    new LineChanges(single, new LineOperations()).rowOf({ type: { name: 'plan' }, id: 'a', rev: 1 }),
  ).toBeUndefined()
})

test('a line that does not hold the record, and one that holds nothing, is CORRUPT', () => {
  const request = new BodyRequest('plan', 'a', { whole: 0, patches: [], rev: 1, seq: 1 })
  const torn = `{"type":"tx","timestamp":"${timestamp}","data":{"ops":[{"type":"plan","data":{"id":"a"`
  for (const line of [torn, torn.replace('"a"', '"b"'), '{}', '']) {
    expect(() => {
      const changes = new LineChanges(Buffer.from(line), new LineOperations())
      changeIn(copied(changes, changes.partOf(request)), request)
    }).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
  }
})
