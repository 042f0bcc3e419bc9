import type { JsonValue, StoredRecord } from '@stateward/contract'
import * as fc from 'fast-check'

const instants = [
  '2024-01-20T10:00:00.000Z',
  '2024-01-20T12:00:00.000+02:00',
  '2024-01-20T10:00:00Z',
  '2024-01-20T10:00:00.000001Z',
  '2024-01-20T10:00:00.000000001Z',
  '2024-01-20T10:00:00.0000000001Z',
  '2024-01-20T09:59:59.999Z',
  '1600-02-29T00:00:00.000Z',
  '0000-01-01T00:00:00.000Z',
  '2300-01-01T00:00:00.123Z',
  '1969-12-31T23:59:59.999999Z',
  '1970-01-01T00:00:00.000Z',
]

const notInstants = [
  '2023-02-29T10:00:00.000Z',
  '2024-01-20T24:00:00.000Z',
  '2024-01-20',
  '',
  'a',
  'b',
  '1',
  '\0',
  '\x002024',
  '\0~',
  '\0j1',
  'ä',
  'a\u0308',
  '\u{1f600}',
  '\ud83d',
  '\uffff',
  '018d2b1c-7a00-7000-8000-000000000001',
  '018D2B1C-7A00-7000-8000-000000000001',
  '00000000-0000-0000-0000-000000000000',
  // The keys of 0 and of 1970, were they not texts.
  '00000000-0000-0000-0000-000000000001',
  '00000000-0000-0000-0000-000000000002',
]

/** Few enough that records share them often, and at least one of every kind and of every trap. */
const values: readonly JsonValue[] = [
  null,
  false,
  true,
  0,
  -0,
  1,
  1.5,
  -3,
  1e308,
  Number.POSITIVE_INFINITY,
  ...instants,
  ...notInstants,
  [],
  ['a'],
  ['a', 'b'],
  ['b', 'a', 'a'],
  [['a']],
  [1, '1'],
  [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  [null, null],
  {},
  { a: 1, b: 2 },
  { b: 2, a: 1 },
  { a: 1, b: 2, c: undefined },
  { a: [null] },
]

/** A value of any kind; now and then a number or a text that no other record holds. */
export const anyValue: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...values) },
  { weight: 1, arbitrary: fc.integer({ min: -5, max: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
)

export const uuid: fc.Arbitrary<string> = fc.oneof(
  fc.uuid(),
  fc.nat(40).map((n) => `018d2b1c-7a00-7000-8000-0000000000${String(n).padStart(2, '0')}`),
)

/** UUIDs for the most part, and texts that are nearly one or nothing of the kind. */
export const anyId: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: uuid },
  { weight: 1, arbitrary: uuid.map((id) => id.toUpperCase()) },
  { weight: 1, arbitrary: uuid.map((id) => `${id.slice(0, -1)}g`) },
  { weight: 1, arbitrary: uuid.map((id) => id.replaceAll('-', '0')) },
  { weight: 2, arbitrary: fc.string({ minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }) },
)

/** `constructor` is inherited by every object that lacks it. */
const fields = fc.record(
  {
    status: fc.oneof(fc.constantFrom('open', 'closed'), anyValue),
    owner: anyValue,
    at: anyValue,
    constructor: anyValue,
  },
  { requiredKeys: [] },
)

/** The fields of a record beside its id; any of them may be absent. */
export const anyFields: fc.Arbitrary<Omit<StoredRecord, 'id'>> = fields.map((given) => ({
  ...given,
  rev: 1,
  created_at: '2024-01-20T10:00:00.000Z',
  updated_at: '2024-01-20T10:00:00.000Z',
}))
