import { limits } from '@stateward/contract'
import { expect, test } from 'vitest'
import { keepsVersions } from '../src/maintenance/kept-versions.ts'
import { needsOf } from '../src/salvage/commit-needs.ts'

const newest = 100
const last = newest - 2 - limits.patchChain
const keeps = keepsVersions(2, (type, id) => (type === 'plan' && id === 'a' ? newest : 0))
const kept = (value: unknown): boolean => keeps(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))

const whole = (rev: unknown, id: unknown = 'a', type: unknown = 'plan') => ({ type, data: { id }, rev })
const update = (rev: number, id = 'a') => ({ type: 'update', target: 'plan', id, rev })
const tx = (...ops: unknown[]) => ({ type: 'tx', data: { ops } })

test.each<[string, unknown]>([
  ['the newest version', whole(newest)],
  ['the oldest that one of the newest may rest on', update(last + 1)],
  ['a deletion that is young enough', { ...update(last + 1), type: 'delete' }],
  ['a transaction with one of them', tx(whole(1), update(last + 1))],
  ['a record that is not known', whole(1, 'b')],
  ['a version that is no number', whole('1')],
  ['a record without an id', whole(1, 7)],
  ['a type that is none', whole(1, 'a', 7)],
  ['an operation that is none', tx(null)],
  ['a transaction without operations', { type: 'tx', data: {} }],
  ['what is no object', '[1]'],
  ['what is no JSON', '{no'],
])('%s is kept', (_name, value) => {
  expect(kept(value)).toBe(true)
})

test.each<[string, unknown]>([
  ['a version that nothing rests on', whole(last)],
  ['an update of before', update(1)],
  ['a deletion of before', { ...update(1), type: 'delete' }],
  ['a transaction of such', tx(whole(1), update(last))],
  ['a transaction of nothing', tx()],
])('%s is let go of', (_name, value) => {
  expect(kept(value)).toBe(false)
})

test('a transaction whose operations are none rests on nothing', () => {
  for (const ops of ['[null,7]', '{}', 'null'])
    expect(needsOf(Buffer.from(`{"type":"tx","data":{"ops":${ops}}}`))).toEqual([])
})
