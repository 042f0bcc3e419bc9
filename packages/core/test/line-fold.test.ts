import type { Change, JsonValue } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BytePieces } from '../src/compaction/byte-pieces.ts'
import { changeIn } from '../src/compaction/line-batch.ts'
import { LineFold } from '../src/compaction/line-fold.ts'
import { foldedLine } from '../src/compaction/row-line.ts'
import { decodeCommit, encodeCommit } from '../src/log/codec.ts'
import { BodyRequest } from '../src/records/bodies.ts'
import { fold } from '../src/records/fold.ts'

const times = ['2026-01-31T10:00:00.000Z', '2026-01-31T10:00:01.000Z', '2026-01-31T10:00:02.000Z'] as const
/** Mostly as this program writes it. */
const mostly = (plain: readonly string[], odd: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...plain) }, { weight: 1, arbitrary: fc.constantFrom(...odd) })
const time = mostly(times, ['1"', 'é'])
const name = mostly(['name', 'a', 'tags', 'metadata', '__proto__', '7', 'rev'], ['é', 'k"'])
const lookalike = fc.constantFrom<JsonValue>(
  { id: 'x', updated_at: times[0] },
  [{ rev: 1 }, '},"rev":1}', ',"unset":["name"]'],
  '\\',
  '","changes":{',
  {},
  [],
)
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.jsonValue(),
  lookalike,
)
const fields = fc.dictionary(name, value, { maxKeys: 5 })
const timesOf = fc.record({ created_at: time, updated_at: time }, { requiredKeys: [] })
const meta = fc.record({ timestamp: time, actor: fc.string(), txid: fc.string() }, { requiredKeys: ['timestamp'] })
const whole = fc.record({ fields, times: timesOf, meta, isPlain: fc.boolean() })
const update = fc.record({ fields, times: timesOf, unset: fc.uniqueArray(name, { maxLength: 2 }), meta })
const named = fc.record({
  type: mostly(['plan', 'note'], ['a"b']),
  id: mostly(['a', '019b76da-a800-7000-8615-61534b6f4b6f'], ['c"', 'é']),
  rev: fc.integer({ min: 2, max: 999 }),
})

function said(line: Uint8Array): unknown {
  const [change] = decodeCommit(line, 0).changes
  return change && fold(undefined, change, change.rev - 1)
}

interface Given {
  readonly fields: Readonly<Record<string, JsonValue>>
  readonly times: { readonly created_at?: string; readonly updated_at?: string }
  readonly meta: { readonly timestamp: string }
}

function linesOf(
  { type, id, rev }: { type: string; id: string; rev: number },
  first: Given & { readonly isPlain: boolean },
  updates: readonly (Given & { readonly unset: readonly string[] })[],
): Buffer[] {
  const data = first.isPlain ? { id, ...first.fields, ...first.times } : { ...first.fields, ...first.times, id }
  const put = { op: 'put', type, id, rev: 1, data } as Change
  const patches = updates.map(({ fields: changes, times: { updated_at }, unset }, at): Change => {
    const all = updated_at === undefined ? changes : { ...changes, updated_at }
    return { op: 'patch', type, id, rev: rev + at, prev: 1, changes: all, unset }
  })
  const metas = [first.meta, ...updates.map((one) => one.meta)]
  return [put, ...patches].map((change, at) => Buffer.from(encodeCommit([change], metas[at] ?? first.meta)))
}

test('a row put together of bytes says what one says that was parsed and written', () => {
  const folds = new LineFold()
  let folded = 0
  fc.assert(
    fc.property(named, whole, fc.array(update, { minLength: 1, maxLength: 3 }), (row, first, updates) => {
      const lines = linesOf(row, first, updates)
      const request = new BodyRequest(row.type, row.id, { whole: 0, patches: [], rev: row.rev, seq: 1 })
      const changes = lines.map((line) => changeIn(line, request))
      const expected = foldedLine({ ...row, type: { name: row.type } } as never, changes, '')
      const pieces = new BytePieces()
      const before = pieces.add(Buffer.from('before'))
      const piece = folds.fold(lines, row, pieces)
      const behind = pieces.add(Buffer.from('behind'))
      expect(pieces.at(before, 6).toString()).toBe('before')
      expect(pieces.at(behind, 6).toString()).toBe('behind')
      expect(pieces.bytes).toBe(12 + (piece?.length ?? 0))
      if (piece === undefined) return
      folded++
      const line = pieces.at(piece.place, piece.length)
      expect(said(line)).toEqual(said(expected ?? Buffer.alloc(0)))
      expect(decodeCommit(line, 0)).toEqual(decodeCommit(expected ?? Buffer.alloc(0), 0))
    }),
    { numRuns: 3_000 },
  )
  // Else it would be right by leaving everything to the parser.
  expect(folded).toBeGreaterThan(300)
})

const wholeLine = `{"type":"plan","timestamp":"${times[0]}","data":{"id":"a","name":"first"},"rev":1}`
const updateLine = `{"type":"update","timestamp":"${times[1]}","target":"plan","id":"a","changes":{"name":"second"},"rev":2,"prev":1}`

test.each([
  ['another record', wholeLine.replace('"id":"a"', '"id":"b"'), updateLine],
  ['another type', wholeLine.replace('plan', 'note'), updateLine],
  ['a second id', wholeLine.replace('"name"', '"id"'), updateLine],
  ['an update of another record', wholeLine, updateLine.replace('"id":"a"', '"id":"b"')],
  ['an update of another type', wholeLine, updateLine.replace('plan', 'note')],
  ['an update of the id', wholeLine, updateLine.replace('"name"', '"id"')],
  ['two whole lines', wholeLine, wholeLine],
  ['an update first', updateLine, updateLine],
  ['data twice', wholeLine.replace(',"rev":1', ',"data":{},"rev":1'), updateLine],
  ['keys in another order', wholeLine, updateLine.replace(',"rev":2,"prev":1', ',"prev":1,"rev":2')],
  ['more than one line', `${wholeLine}{}`, updateLine],
  ['spaces', wholeLine.replace('"name":', '"name": '), updateLine.replace(':{', ': {')],
  ['a second id with a space behind it', wholeLine.replace('"name":', '"id" :'), updateLine],
  ['a key without a value', wholeLine.replace('"name":"first"', '"name"'), updateLine],
  ['fields that are not to be removed', wholeLine, updateLine.replace('},"rev"', '},"unset":["created_at"],"rev"')],
  ['no list of fields', wholeLine, updateLine.replace('},"rev"', '},"unset":[1],"rev"')],
  ['half a list of fields', wholeLine, updateLine.replace('},"rev"', '},"unset":[oops],"rev"')],
  ['nothing', '', ''],
  ['no end', wholeLine.slice(0, -20), updateLine.slice(0, -20)],
])('what was written otherwise is left to the parser: %s', (_, whole, update) => {
  const row = { type: 'plan', id: 'a', rev: 2 }
  const lines = [whole, update].map((line) => Buffer.from(line))
  expect(new LineFold().fold(lines, row, new BytePieces())).toBeUndefined()
  const good = [wholeLine, updateLine].map((line) => Buffer.from(line))
  expect(new LineFold().fold(good, row, new BytePieces())).toBeDefined()
})

test.each([
  ['that is set', updateLine],
  ['that is removed', updateLine.replace('"name":"second"},', '"plan":1},"unset":["name"],')],
  ['that is left alone', updateLine.replace('"name"', '"other"')],
  ['that is set twice', updateLine.replace('{"name":', '{"name":"again","name":')],
])('of two fields with one key the last counts, of one %s too', (_, update) => {
  const row = { type: 'plan', id: 'a', rev: 2 }
  const lines = [wholeLine.replace('},', ',"name":"last"},'), update].map((line) => Buffer.from(line))
  const request = new BodyRequest('plan', 'a', { whole: 0, patches: [], rev: 2, seq: 1 })
  const changes = lines.map((line) => changeIn(line, request))
  const pieces = new BytePieces()
  const piece = new LineFold().fold(lines, row, pieces)
  const line = piece === undefined ? undefined : pieces.at(piece.place, piece.length)
  expect(line && said(line)).toEqual(
    said(foldedLine({ ...row, type: { name: 'plan' } } as never, changes, '') ?? Buffer.alloc(0)),
  )
})
