import { entity, type Index, type MakeIndex, type Schema, type Slot, type StoredRecord } from '@stateward/contract'
import { expect, test } from 'vitest'
import { idTable } from '../src/ids/id-table.ts'
import { customIndexesFor } from '../src/indexes/custom-index.ts'
import type { CustomIndex } from '../src/indexes/field-index.ts'
import { checkIndex } from '../src/integrity/check-index.ts'
import { IndexTally } from '../src/integrity/index-tally.ts'

const schema: Schema<{ a: string; b: number; list: string[] }> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as never }) },
}
const record = (n: number): StoredRecord => ({
  ...{ id: `r${n}`, rev: 1, created_at: '', updated_at: '' },
  ...{ a: n < 150 ? 'many' : `a${n}`, b: n % 7, list: [`x${n}`, `y${n % 2}`] },
})

type Shape = Pick<Index, 'fields' | 'shape'> & Partial<Pick<Index, 'membership' | 'texts'>>

/** Gives every record that it was told of and does not forget: as much too much as can be. */
function made(
  shape: Shape,
  forgets: (slot: Slot) => boolean = () => false,
): { index: CustomIndex; records: [Slot, StoredRecord][] } {
  const make: MakeIndex = () => {
    const slots = new Set<Slot>()
    return {
      name: 'own',
      ...shape,
      lookup: () => [...slots],
      estimate: () => slots.size,
      update: (slot, _, after) => void (after === undefined || forgets(slot) ? slots.delete(slot) : slots.add(slot)),
      clear: () => slots.clear(),
      size: () => slots.size,
      bytes: () => 0,
    }
  }
  const ids = idTable()
  const [index] = customIndexesFor(entity({ schema, customIndexes: [make] }), ids)
  if (index === undefined) throw new Error('expected an index')
  const records = Array.from({ length: 200 }, (_, n): [Slot, StoredRecord] => [ids.insert(`r${n}`), record(n)])
  for (const [slot, one] of records) index.update(slot, undefined, one)
  return { index, records }
}

const shapes: Record<string, Shape> = {
  equality: { fields: ['a'], shape: { equal: 1, range: false } },
  'equality and a range': { fields: ['a', 'b'], shape: { equal: 1, range: true } },
  range: { fields: ['b'], shape: { equal: 0, range: true } },
  elements: { fields: ['list'], shape: { equal: 1, range: false }, membership: { holdsTexts: () => false } },
  texts: { fields: ['a'], shape: { equal: 0, range: false }, texts: { leastUnits: 2 } },
  'elements of texts': { fields: ['list'], shape: { equal: 0, range: false }, texts: { leastUnits: 2 } },
}

function verdictOf(index: CustomIndex, records: readonly [Slot, StoredRecord][]): boolean {
  const tally = new IndexTally(index)
  for (const [slot, one] of records) tally.count(slot, one)
  const verdict = tally.verdict()
  for (let step = verdict.next(); ; step = verdict.next()) if (step.done === true) return step.value
}

for (const [name, shape] of Object.entries(shapes)) {
  test(`${name}: one that gives too much is as it should be, and one that leaves a record out is not`, () => {
    const whole = made(shape)
    expect(checkIndex(whole.index, whole.records)).toEqual({ ok: true, differences: [] })
    expect(verdictOf(whole.index, whole.records)).toBe(true)
    const lying = made(shape, (slot) => slot === 170)
    const { ok, differences } = checkIndex(lying.index, lying.records)
    expect([ok, differences[0]]).toEqual([false, expect.stringContaining('misses slot 170')])
  })
}

test('what is compared a few at a time finds what is missing where few stand, and where too few stand', () => {
  const few: Shape = { fields: ['a'], shape: { equal: 1, range: false } }
  const exact: MakeIndex = () => {
    const by = new Map<string, Set<Slot>>()
    return {
      ...{ name: 'own', ...few },
      lookup: ({ equal: [values = []] }) => values.flatMap((value) => [...(by.get(String(value)) ?? [])]),
      estimate: ({ equal: [values = []] }) =>
        values.reduce((sum: number, value) => sum + (by.get(String(value))?.size ?? 0), 0),
      update(slot, _, after) {
        const key = String(after?.a)
        if (slot !== lost) by.set(key, (by.get(key) ?? new Set()).add(slot))
      },
      ...{ clear: () => by.clear(), size: () => 0, bytes: () => 0 },
    }
  }
  let lost = -1
  for (lost of [-1, 170, 3]) {
    const ids = idTable()
    const [index] = customIndexesFor(entity({ schema, customIndexes: [exact] }), ids)
    if (index === undefined) throw new Error('expected an index')
    const records = Array.from({ length: 200 }, (_, n): [Slot, StoredRecord] => [ids.insert(`r${n}`), record(n)])
    for (const [slot, one] of records) index.update(slot, undefined, one)
    expect([lost, verdictOf(index, records)]).toEqual([lost, lost === -1])
  }
})
