import type { JsonValue, Probe, Slot, StoredRecord } from '@stateward/contract'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idTable } from '../src/ids/id-table.ts'
import { textIndex } from '../src/indexes/text-index.ts'
import { checkIndex } from '../src/integrity/check-index.ts'
import { type History, ReadTable, Table } from './history.ts'
import { LateSource } from './late-source.ts'
import { runs } from './runs.ts'
import { uuidAt } from './uuid-at.ts'

const times = { rev: 1, created_at: '2024-01-20T10:00:00.000Z', updated_at: '2024-01-20T10:00:00.000Z' }
const make = () => textIndex({ name: 'at text', field: 'at' })

/** Few units, so that texts share trigrams: both cases, an accent in both its forms, and halves of pairs in any order. */
const units = ['a', 'A', 'b', 'é', 'e', '\u0301', '\ud83d', '\ude00', '\0', ' ', 'ß', 'İ', '\uffff']
const anyText = fc.array(fc.constantFrom(...units), { maxLength: 9 }).map((list) => list.join(''))
const anyHeld: fc.Arbitrary<JsonValue | undefined> = fc.oneof(
  { weight: 6, arbitrary: anyText },
  { weight: 2, arbitrary: fc.array(fc.oneof(anyText, fc.constantFrom<JsonValue>(1, null, ['aba'])), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<JsonValue | undefined>(undefined, null, 7, true, {}, { at: 'aba' }, []) },
)
const anyTexts: fc.Arbitrary<History> = fc.record({
  ids: fc.constant(Array.from({ length: 12 }, (_, at) => uuidAt(at))),
  writes: fc.array(
    fc.record({
      id: fc.nat(11),
      fields: fc.option(
        anyHeld.map((at) => ({ ...times, ...(at === undefined ? {} : { at }) })),
        { nil: undefined, freq: 4 },
      ),
    }),
    { maxLength: 60 },
  ),
})
const anyAsked = fc.array(anyText, { minLength: 1, maxLength: 8 })

/** What `contains` means, said without an index. */
function holds({ at }: StoredRecord, asked: string): boolean {
  if (typeof at === 'string') return at.includes(asked)
  return Array.isArray(at) && at.includes(asked)
}

function expectFound(index: ReturnType<typeof make>, records: ReadonlyMap<Slot, StoredRecord>, asked: string): void {
  const probe: Probe = { equal: [], contains: asked }
  const found = [...index.lookup(probe)]
  expect(new Set(found).size).toBe(found.length)
  expect(found.every((slot) => records.has(slot))).toBe(true)
  const expected = [...records].filter(([, record]) => holds(record, asked)).map(([slot]) => slot)
  expect(found).toEqual(expect.arrayContaining(expected))
  expect(index.estimate(probe)).toBeGreaterThanOrEqual(found.length)
}

function expectRight(index: ReturnType<typeof make>, table: Table, asked: readonly string[]): void {
  for (const text of asked) expectFound(index, table.records, text)
  for (const { at } of table.records.values()) {
    if (typeof at !== 'string') continue
    for (let from = 0; from < at.length; from++) expectFound(index, table.records, at.slice(from, from + 4))
  }
  expect(checkIndex(index, table.records)).toEqual({ ok: true, differences: [] })
}

describe('an index of texts', () => {
  test('gives every record whose text has another within it, after any history', () => {
    fc.assert(
      fc.property(anyTexts, anyAsked, (history, asked) => {
        const index = make()
        const table = new Table([index])
        table.replay(history)
        expectRight(index, table, asked)
        expect([...index.lookup({ equal: [] })]).toHaveLength(index.size())
        index.clear()
        expect([index.size(), [...index.lookup({ equal: [] })]]).toEqual([0, []])
        for (const [slot, record] of table.records) index.update(slot, undefined, record)
        expectRight(index, table, asked)
      }),
      runs(40),
    )
  })

  test('filled at once, or out of an image that is read late, it goes on as if it had heard of each record', () => {
    fc.assert(
      fc.property(anyTexts, anyAsked, fc.nat(60), fc.boolean(), (history, asked, cut, early) => {
        const before = { ...history, writes: history.writes.slice(0, cut) }
        const after = { ...history, writes: history.writes.slice(cut) }
        const filled = make()
        const ids = idTable()
        const read = new ReadTable([filled], ids)
        read.replay(before)
        for (const _ of read.columns.fill());
        expectRight(filled, read, asked)
        const source = new LateSource(filled.image?.save() ?? [])
        const imaged = make()
        imaged.image?.load(source)
        if (early) source.finish()
        for (const text of asked) expectFound(imaged, read.records, text)
        const table = new Table([filled, imaged], ids, read.records)
        source.finish()
        table.replay(after)
        expectRight(filled, table, asked)
        expectRight(imaged, table, asked)
      }),
      runs(30),
    )
  })

  test('what was deleted or changed while a log was read is not given, in a slot that is used again or not', () => {
    const index = make()
    const read = new ReadTable([index], idTable())
    const record = (at: number, text?: JsonValue): StoredRecord => ({
      ...times,
      id: uuidAt(at),
      ...(text === undefined ? {} : { at: text }),
    })
    for (let at = 0; at < 5; at++) read.put(record(at, `needle ${at}`))
    for (const at of [0, 1]) read.delete(uuidAt(at))
    read.put(record(7, 'straw'))
    read.put(record(2, 'straw'))
    read.put(record(3))
    for (const _ of read.columns.fill());
    expect([...index.lookup({ equal: [], contains: 'needle' })]).toEqual([4])
    expect(index.size()).toBe(3)
    expectRight(index, read, ['needle', 'straw', ''])
  })

  test('a check finds whatever it should not hold, and whatever it lacks', () => {
    const record = (at: JsonValue): StoredRecord => ({ ...times, id: 'a', at })
    const records = new Map<Slot, StoredRecord>([
      [0, record('a needle')],
      [1_500, record(['hay', 'stack'])],
      [40, record(7)],
    ])
    const wrong: readonly [slot: Slot, after: StoredRecord | undefined][] = [
      [0, undefined],
      [0, record('a noodle')],
      [40, record('')],
      [1_500, record(['hay'])],
      [3_000, record('of nobody')],
    ]
    for (const [slot, after] of wrong) {
      const index = make()
      for (const [at, one] of records) index.update(at, undefined, one)
      expect(checkIndex(index, records).ok).toBe(true)
      index.update(slot, records.get(slot), after)
      expect([slot, checkIndex(index, records).ok]).toEqual([slot, false])
      const known = records.get(slot)
      if (known !== undefined) expect(index.itself?.holds(slot, known).ok).toBe(false)
    }
  })

  test('of an image that is of another layout it says so', () => {
    const index = make()
    index.update(0, undefined, { ...times, id: 'a', at: 'text' })
    const parts = [...(index.image?.save() ?? [])]
    const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
    expect(() => make().image?.load(new LateSource([bytes]))).toThrow()
    expect(() => make().image?.load(new LateSource(parts.slice(1)))).toThrow()
  })

  test('what is rare is found among many: few records are given in vain', () => {
    const words = ['lantern', 'river', 'copper', 'meadow', 'signal', 'harbour', 'winter', 'garden', 'thunder', 'pencil']
    const index = make()
    const records = 4_000
    for (let slot = 0; slot < records; slot++) {
      const text = Array.from({ length: 12 }, (_, at) => words[(slot * (at + 3) + at * at) % words.length]).join(' ')
      index.update(slot, undefined, { ...times, id: uuidAt(slot), at: slot % 400 === 7 ? `${text} zephyr` : text })
    }
    const found = [...index.lookup({ equal: [], contains: 'zephyr' })]
    expect(found.length).toBeGreaterThanOrEqual(10)
    expect(found.length).toBeLessThan(200)
    expect(index.estimate({ equal: [], contains: 'zephyr' })).toBeLessThan(records)
    // A text that is asked for may be long: no more of it is looked at than narrows.
    expect([...index.lookup({ equal: [], contains: 'zephyr '.repeat(1_000_000) })].length).toBeLessThan(200)
    expect(index.bytes() / records).toBeLessThan(70)
  })
})
