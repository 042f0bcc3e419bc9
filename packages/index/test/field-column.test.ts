import { expect, test } from 'vitest'
import { FieldColumn } from '../src/sorting/field-column.ts'

test('values that were replaced are forgotten, however many there were, and those that are held are not', () => {
  const column = new FieldColumn('value')
  column.set(3, 'kept')
  column.set(4, { also: 'kept' })
  for (let at = 0; at < 200_000; at++) column.set(1, `value ${at}`)
  expect([column.key(1), column.key(3), column.key(4), column.key(2)]).toEqual([
    'value 199999',
    'kept',
    { also: 'kept' },
    undefined,
  ])
  expect(column.codes).toBeLessThan(100_000)
})
