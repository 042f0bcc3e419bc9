import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type IdTable, idTable } from '../src/ids/id-table.ts'
import { IdEndings } from '../src/indexes/id-endings.ts'
import { runs } from './runs.ts'

/** Few digits, so that ends are shared; some ids are no UUIDs, and some end with another one as a whole. */
const anyUuid = fc
  .array(fc.constantFrom('0', '1', 'a'), { minLength: 7, maxLength: 7 })
  .map((digits) => `018d2b1c-7a0${digits[0]}-7000-8${digits.slice(1, 4).join('')}-000000000${digits.slice(4).join('')}`)
const anyText = fc.constantFrom('0', '10', '010', '000000000010', '-000000000010', 'ab', 'b', '\uffffb', 'é', 'xé')
const anyId = fc.oneof({ weight: 3, arbitrary: anyUuid }, anyText)
const anyStep = fc.record({ id: anyId, action: fc.constantFrom('add', 'add', 'remove', 'step') })

/** As a store keeps both: an id is told of where the table has it. */
function change(ids: IdTable, endings: IdEndings, { id, action }: { id: string; action: 'add' | 'remove' }): void {
  const slot = ids.slotOf(id)
  if (action === 'add' && slot === undefined) endings.added(ids.insert(id), id)
  if (action === 'remove' && slot !== undefined) {
    endings.removing(slot)
    ids.remove(id)
  }
}

const turnedText = (text: string): string =>
  [...Array(text.length).keys()].map((at) => text.charAt(text.length - 1 - at)).join('')
const byEnd = (a: string, b: string): number => (turnedText(a) < turnedText(b) ? -1 : 1)

function slowShortest(all: readonly string[], id: string): string {
  for (let chars = 1; chars < id.length; chars++)
    if (all.every((other) => other === id || !other.endsWith(id.slice(-chars)))) return id.slice(-chars)
  return id
}

test('ids by their ends are those that a scan finds, filled at any moment while ids come and go', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), fc.array(anyId, { maxLength: 8 }), (steps, ends) => {
      const ids = idTable()
      const endings = new IdEndings(ids)
      const filling = endings.fill()
      for (const { id, action } of steps) {
        if (action === 'step') filling.next()
        else change(ids, endings, { id, action })
      }
      for (const _ of filling);
      expect(endings.isFilled).toBe(true)
      const all = [...ids.slots()].map((slot) => ids.idOf(slot)).sort(byEnd)
      for (const end of [...ends, ...ends.map((id) => id.slice(-2)), ...all.map((id) => id.slice(-3))]) {
        const same = all.filter((id) => id.endsWith(end))
        expect(endings.endingWith(end, 3)).toEqual({ ids: same.slice(0, 3), count: same.length })
      }
      for (const id of all) expect(endings.shortestOf(id)).toBe(slowShortest(all, id))
    }),
    runs(400),
  )
})

test('an order that is filled in many steps takes in what comes and goes between them', () => {
  const ids = idTable()
  const endings = new IdEndings(ids)
  const idAt = (at: number): string =>
    `018d2b1c-7a00-7000-8000-${((at * 7_919) % 1_000_003).toString(16).padStart(12, '0')}`
  for (let at = 0; at < 40_000; at++) ids.insert(at % 40 === 0 ? `text ${at}` : idAt(at))
  let steps = 0
  for (const _ of endings.fill()) {
    change(ids, endings, { id: idAt(steps * 3 + 1), action: 'remove' })
    change(ids, endings, { id: idAt(50_000 + steps), action: 'add' })
    steps++
  }
  expect(steps).toBeGreaterThan(10)
  const all = [...ids.slots()].map((slot) => ids.idOf(slot))
  expect(all.filter((id, at) => at % 7 === 0 && endings.endingWith(id.slice(-12), 1).count === 0)).toEqual([])
  expect(endings.endingWith('', 0).count).toBe(all.length)
})

test('what comes near an end that no id has are those that share the most of it', () => {
  const ids = idTable()
  const endings = new IdEndings(ids)
  for (const _ of endings.fill());
  expect(endings.nearest('5e0c')).toEqual([])
  for (const id of ['aa0c', 'b50c', 'ff']) change(ids, endings, { id, action: 'add' })
  expect(endings.nearest('5e0c')).toEqual(['aa0c'])
  expect(endings.nearest('70c')).toEqual(['b50c', 'aa0c'])
  expect(endings.nearest('1ff')).toEqual(['ff'])
})
