import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdRows } from '../src/ids/id-rows.ts'
import { idTable } from '../src/ids/id-table.ts'
import { type UuidHash, UuidSlots } from '../src/ids/uuid-slots.ts'
import { readUuid } from '../src/keys/uuid.ts'
import { anyId, uuid } from './arbitraries.ts'
import { runs } from './runs.ts'

const compareTexts = (left: string, right: string): number => (left < right ? -1 : Number(left > right))

describe('an id table', () => {
  test('is a map of ids to slots, whatever comes and goes', () => {
    const history = fc.array(fc.tuple(fc.nat(60), fc.boolean()), { maxLength: 400 })
    fc.assert(
      fc.property(fc.uniqueArray(anyId, { minLength: 1, maxLength: 60 }), history, (ids, writes) => {
        const table = idTable()
        const model = new Map<string, number>()
        let highest = -1
        for (const [chosen, isInsert] of writes) {
          const id = ids[chosen % ids.length] ?? ''
          const known = model.get(id)
          if (isInsert) {
            const slot = table.insert(id)
            if (known !== undefined) expect(slot).toBe(known)
            // A freed slot is used before a new one.
            else if (model.size <= highest) expect(slot).toBeLessThanOrEqual(highest)
            else expect(slot).toBe(highest + 1)
            highest = Math.max(highest, slot)
            model.set(id, slot)
          } else {
            expect(table.remove(id)).toBe(known)
            model.delete(id)
          }
        }
        expect(table.size).toBe(model.size)
        for (const id of ids) expect(table.slotOf(id)).toBe(model.get(id))
        const live = [...model.values()].sort((a, b) => a - b)
        expect([...table.slots()]).toEqual(live)
        for (const [id, slot] of model) expect(table.idOf(slot)).toBe(id)
        for (let slot = 0; slot <= highest + 1; slot++) if (!live.includes(slot)) expect(table.idOf(slot)).toBe('')
        for (const [left, a] of model) {
          for (const [right, b] of model) {
            expect(Math.sign(table.compare(a, b))).toBe(compareTexts(left, right))
            expect(Math.sign(table.compareText(a, right))).toBe(compareTexts(left, right))
          }
        }
        table.clear()
        expect([table.size, ...table.slots()]).toEqual([0])
        expect(table.slotOf(ids[0] ?? '')).toBeUndefined()
        expect(table.insert(ids[0] ?? '')).toBe(0)
      }),
      runs(200),
    )
  })

  test('holds many UUIDs and texts, and half of them again', () => {
    const table = idTable()
    const count = 20_000
    const idAt = (n: number): string =>
      n % 5 === 0 ? `issue-${n}` : `018d2b1c-7a00-7000-8000-${n.toString(16).padStart(12, '0')}`
    const numbers = Array.from({ length: count }, (_, n) => n)
    expect(numbers.map((n) => table.insert(idAt(n)))).toEqual(numbers)
    const even = numbers.filter((n) => n % 2 === 0)
    expect(even.map((n) => table.remove(idAt(n)))).toEqual(even)
    expect(numbers.map((n) => table.slotOf(idAt(n)))).toEqual(numbers.map((n) => (n % 2 === 0 ? undefined : n)))
    expect(table.size).toBe(count / 2)
    expect(even.map((n) => table.insert(idAt(n))).sort((a, b) => a - b)).toEqual(even)
    expect(numbers.map((n) => table.idOf(table.slotOf(idAt(n)) ?? -1))).toEqual(numbers.map(idAt))
  })
})

describe('the hash of UUIDs', () => {
  const hashes: [string, UuidHash][] = [
    ['sends all to one place', () => 0],
    ['sends all to the last place', () => 0xffff_ffff],
    ['knows the last digit only', (_a, _b, _c, d) => Math.imul(d & 15, 0x1111_1111) >>> 0],
    ['sends neighbours to neighbouring places', (_a, _b, _c, d) => d & 0xff],
  ]

  test.each(hashes)('may be as bad as one that %s', (_title, hash) => {
    const writes = fc.array(fc.tuple(fc.nat(39), fc.boolean()), { maxLength: 200 })
    fc.assert(
      fc.property(fc.uniqueArray(uuid, { minLength: 1, maxLength: 40 }), writes, (ids, history) => {
        const rows = new IdRows()
        const slots = new UuidSlots(rows, hash)
        const words = new Uint32Array(4)
        const held = new Set<number>()
        ids.forEach((id, slot) => {
          rows.set(slot, id)
        })
        for (const [chosen, isInsert] of history) {
          const slot = chosen % ids.length
          if (isInsert && !held.has(slot)) slots.insert(slot)
          if (!isInsert) slots.remove(slot)
          if (isInsert) held.add(slot)
          else held.delete(slot)
          ids.forEach((id, at) => {
            readUuid(id, words)
            expect(slots.find(words)).toBe(held.has(at) ? at : undefined)
          })
        }
      }),
      runs(60),
    )
  })
})
