import { expect, test } from 'vitest'
import { needsOf, rowKeyOf } from '../src/salvage/commit-needs.ts'

test('a line that is sealed and holds no JSON rests on nothing, and breaks nobody who sorts lines', () => {
  const line = Buffer.from('{"type":"update"!"seq":7,"crc":"00000000"}')
  expect(needsOf(line)).toEqual([])
  expect(rowKeyOf(line)).toBe('undefined\0undefined')
})

test('every update of a transaction rests on the version that it changes', () => {
  const update = { type: 'update', target: 'plan', id: 'a', changes: {}, rev: 2, prev: 4 }
  const line = (value: object): Buffer => Buffer.from(JSON.stringify(value))
  expect(needsOf(line(update))).toEqual([{ prev: 4, key: 'plan\0a' }])
  expect(needsOf(line({ type: 'tx', data: { ops: [update, { type: 'delete', target: 'plan', id: 'b' }] } }))).toEqual([
    { prev: 4, key: 'plan\0a' },
  ])
  expect(needsOf(line({ type: 'plan', data: { id: 'a' } }))).toEqual([])
})
