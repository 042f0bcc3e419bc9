import { type Entity, entity, type JsonValue, type StoredRecord } from '@stateward/contract'
import fc from 'fast-check'

/** A type with two time fields of its own kind of trouble; `a` to `c` hold anything. */
const mixed: Entity = entity({
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } },
  id: 'string',
})
export const withTimes: Entity = { ...mixed, times: new Set([...mixed.times, 'at']) }

/** Few enough that equal ones meet, odd enough that every rank and every pitfall of texts is among them. */
export const oddValues: readonly JsonValue[] = [
  ...[null, false, true, 0, -0, 1, 2, 1.5, -3, 1e21, Number.POSITIVE_INFINITY],
  ...[
    '',
    'a',
    'b',
    'ab',
    'abc',
    'A',
    'é',
    'e\u0301',
    '😀',
    '😁',
    '\ud83d',
    '\ud7ff',
    '\ue000',
    '\uffff',
    'a\uffff',
    '\0',
    'toString',
  ],
  ...[
    [],
    ['a'],
    ['a', 'b'],
    ['b', 1],
    [1, [2]],
    [null],
    {},
    { x: 1 },
    { x: 1, y: null },
    { y: null, x: 1 },
    [{ x: 1 }],
  ],
]

/** Spellings of few instants, and the ends of what RFC 3339 can name. */
export const oddTimes: readonly JsonValue[] = [
  '2024-01-20T10:00:00.000Z',
  '2024-01-20T10:00:00Z',
  '2024-01-20T11:00:00+01:00',
  '2024-01-20t10:00:00.000000001z',
  '2024-01-20T10:00:00.5Z',
  '2024-01-20T09:59:59.999999999Z',
  '2024-01-19T23:30:00-10:30',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.9999999999Z',
]

const noTimes: readonly JsonValue[] = [
  '',
  '\0',
  '\0~',
  '~',
  'soon',
  '2024-13-01T00:00:00.000Z',
  '2024-01-20',
  null,
  7,
  true,
  ['2024-01-20T10:00:00Z'],
]

export const oddValue: fc.Arbitrary<JsonValue> = fc.constantFrom(...oddValues)
export const oddTime: fc.Arbitrary<string> = fc.constantFrom(...oddTimes).map(String)
export const oddTimeOrNot: fc.Arbitrary<JsonValue> = fc.constantFrom(...oddTimes, ...oddTimes, ...noTimes)
export const status: fc.Arbitrary<string> = fc.constantFrom('draft', 'pending', 'running')

const fields: fc.Arbitrary<object> = fc.record(
  {
    a: oddValue,
    b: oddValue,
    at: oddTimeOrNot,
    status,
    list: fc.array(oddValue, { maxLength: 3 }),
    toString: oddValue,
  },
  { requiredKeys: [] },
)

/** Everything of a record but its id. */
export const body: fc.Arbitrary<(id: string) => StoredRecord> = fc
  .tuple(fields, oddTime, oddTime, fc.integer({ min: 1, max: 3 }))
  .map(([own, created_at, updated_at, rev]) => (id) => ({ ...own, id, rev, created_at, updated_at }))

export const oddId: fc.Arbitrary<string> = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz', '😀', '\uffff', 'aa')

/** Records with distinct ids, in no order of them. */
export const records: fc.Arbitrary<StoredRecord[]> = fc
  .uniqueArray(fc.tuple(oddId, body), { selector: ([id]) => id, maxLength: 24 })
  .map((pairs) => pairs.map(([id, made]) => made(id)))
