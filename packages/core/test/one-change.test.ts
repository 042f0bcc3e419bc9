import type { Change, JsonValue } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCommit, encodeCommit } from '../src/log/codec.ts'
import { oneChangeIn } from '../src/log/one-change.ts'

const timestamp = '2026-01-31T10:00:00.000Z'
const id = fc.constantFrom('a', 'b', 'c"', 'd\\', 'é', '019b76da-a800-7000-8615-61534b6f4b6f')
const type = fc.constantFrom('plan', 'task', 'a"b')
/** What a record may hold that looks like an operation, or a part of one. */
const lookalike = fc.record({ type, data: fc.record({ id }), rev: fc.nat(3) })
const text = fc.oneof(fc.string(), fc.constantFrom('"id":"a"', '{"type":"plan","data":{"id":"a"', '\\', '"}]},{"'))
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  text,
  fc.integer(),
  lookalike,
  fc.array(lookalike, { maxLength: 2 }),
  fc.dictionary(fc.constantFrom('x', 'id', '"'), text),
)
const fields = fc.dictionary(fc.constantFrom('name', 'ops', 'created_at'), value)

const put = fc
  .record({ type, id, fields, isFirst: fc.boolean(), rev: fc.integer({ min: 1, max: 9 }) })
  .map(({ type, id, fields, isFirst, rev }): Change => {
    const data = isFirst ? { id, ...fields, updated_at: timestamp } : { ...fields, id, created_at: timestamp }
    return { op: 'put', type, id, rev, data }
  })
const patch = fc
  .record({ type, id, changes: fields, rev: fc.integer({ min: 2, max: 9 }) })
  .map((one): Change => ({ op: 'patch', prev: 1, unset: [], ...one }))
const remove = fc.record({ type, id, rev: fc.nat(9) }).map((one): Change => ({ op: 'delete', ...one }))
const changes = fc.array(fc.oneof(put, patch, remove), { minLength: 1, maxLength: 4 })

test('the change of one record is what decoding the whole line gives, or nothing', () => {
  let found = 0
  fc.assert(
    fc.property(changes, type, id, (changes, type, id) => {
      const line = Buffer.from(encodeCommit(changes, { timestamp }))
      const whole = decodeCommit(line, 0).changes.find((change) => change.type === type && change.id === id)
      const alone = oneChangeIn(line, { type, id })
      // It is asked only for what the line holds.
      if (whole === undefined || alone === undefined) return
      found++
      expect(alone).toEqual(whole)
    }),
    { numRuns: 2_000 },
  )
  // Else it would be right by never saying anything.
  expect(found).toBeGreaterThan(30)
})

test('a change that stands alone in a long line is found', () => {
  const changes = Array.from(
    { length: 100 },
    (_, at): Change => ({
      op: 'put',
      type: 'plan',
      id: `p${at}`,
      rev: 1,
      data: { id: `p${at}`, parent: `p${at - 1}` },
    }),
  )
  const line = Buffer.from(encodeCommit(changes, { timestamp }))
  for (const { id, type } of changes)
    expect(oneChangeIn(line, { type, id })).toEqual(decodeCommit(line, 0).changes.find((change) => change.id === id))
})

test('a line of another hand, and one that is no JSON, is for the whole decoder', () => {
  const spaced = '{"type":"tx","timestamp":"T","data":{"ops":[{"type": "plan", "data": {"id": "a"}, "rev": 1}]}}'
  const broken = '{"type":"tx","timestamp":"T","data":{"ops":[{"type":"plan","data":{"id":"a"'
  for (const line of [spaced, broken, '', '{}'])
    expect(oneChangeIn(Buffer.from(line), { type: 'plan', id: 'a' })).toBeUndefined()
})
