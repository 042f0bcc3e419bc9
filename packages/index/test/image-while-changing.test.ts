import type { Index, StoredRecord } from '@stateward/contract'
import { expect, test } from 'vitest'
import { type IdTable, idTable } from '../src/ids/id-table.ts'
import { ImageReader, ImageWriter } from '../src/images/image.ts'
import { compoundIndex } from '../src/indexes/compound-index.ts'
import { equalityIndex } from '../src/indexes/equality-index.ts'
import { orderedIndex } from '../src/indexes/ordered-index.ts'
import { relationIndex } from '../src/indexes/relation-index.ts'
import { textIndex } from '../src/indexes/text-index.ts'
import { checkIndex } from '../src/integrity/check-index.ts'
import { Table } from './history.ts'
import { LateSource } from './late-source.ts'
import { uuidAt } from './uuid-at.ts'

const at = '2026-01-01T00:00:00.000Z'
const many = 1_500

const makers: readonly (readonly [string, (ids: IdTable) => Index])[] = [
  ['numbers in order', (ids) => orderedIndex({ name: 'n', field: 'n', kind: 'value', ids })],
  ['texts in order', (ids) => orderedIndex({ name: 'text', field: 'text', kind: 'value', ids })],
  ['groups in order', (ids) => compoundIndex({ name: 'g', fields: ['group', 'n'], kinds: ['value', 'value'], ids })],
  ['equality', () => equalityIndex({ name: 'group', field: 'group', kind: 'value' })],
  ['relations', () => relationIndex({ name: 'group', field: 'group' })],
  ['texts', () => textIndex({ name: 'text', field: 'text' })],
]

function recordAt(number: number, n: number): StoredRecord {
  return { id: uuidAt(number), rev: 1, created_at: at, updated_at: at, n, group: `g${n % 7}`, text: `text ${n} of it` }
}

test.each(makers)('%s: an image is as of its beginning, whatever changes between its parts', (_, make) => {
  const ids = idTable()
  const index = make(ids)
  const table = new Table([index], ids)
  for (let number = 0; number < many; number++) table.put(recordAt(number, number * 3))
  const records = new Map(table.records)
  const idImage = new ImageWriter()
  ids.save(idImage)
  const parts = [idImage.parts(), index.image?.save() ?? []].map((some) => [...changing(some, table)])
  const again = idTable()
  again.load(new ImageReader(new LateSource(parts[0] ?? [])))
  const loaded = make(again)
  loaded.image?.load(new LateSource(parts[1] ?? []))
  expect(checkIndex(loaded, records)).toEqual({ ok: true, differences: [] })
  expect(checkIndex(index, table.records)).toEqual({ ok: true, differences: [] })
  expect([...again.slots()]).toEqual([...records.keys()])
  for (const [slot, { id }] of records) expect(again.slotOf(id)).toBe(slot)
  for (let number = many; number < many * 2; number++) {
    const id = uuidAt(number)
    expect(again.slotOf(id)).toBeUndefined()
    again.insert(id)
    again.remove(id)
    expect(again.slotOf(id)).toBeUndefined()
  }
  expect(again.size).toBe(many)
})

/** Gives the parts, and changes all kinds of records before the first and behind some others. */
function* changing(parts: Iterable<Uint8Array>, table: Table): Generator<Uint8Array> {
  let round = 0
  const change = (): void => {
    for (let number = round++ % 3; number < many; number += 7) table.put(recordAt(number, number * 5 + round))
    for (let number = round; number < many; number += 11) table.delete(uuidAt(number))
    for (let number = many + round; number < many * 2; number += 13) table.put(recordAt(number, number))
  }
  change()
  let given = 0
  for (const part of parts) {
    yield part
    if (given++ < 8) change()
  }
}

test('ids that came while an image was written are not in it, and leave nothing behind that is taken for them', () => {
  const ids = idTable()
  const idsFrom = (first: number) => Array.from({ length: 100 }, (_, number) => uuidAt(first + number))
  for (const id of idsFrom(0)) ids.insert(id)
  const image = new ImageWriter()
  ids.save(image)
  for (const id of idsFrom(100)) ids.insert(id)
  const again = idTable()
  again.load(new ImageReader(new LateSource(image.parts())))
  for (const id of idsFrom(100)) again.insert(id)
  for (const id of idsFrom(100)) again.remove(id)
  expect(idsFrom(100).map((id) => again.slotOf(id))).toEqual(idsFrom(100).map(() => undefined))
})
