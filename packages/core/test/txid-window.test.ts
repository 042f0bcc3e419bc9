import { limits } from '@stateward/contract'
import { expect, test } from 'vitest'
import { TxidWindow } from '../src/deciding/txid-window.ts'

const entry = (seq: number) => ({
  seq,
  made: [{ type: 'plan', id: `p${seq}`, rev: 1, deleted: seq % 2 === 0 }],
  results: undefined,
})

const partsOf = (window: TxidWindow, txid: string): number[][] =>
  window.doneParts(txid).map(({ from, to }) => [from, to])

test('a window comes back as it was packed, without what the log has let go of', () => {
  const window = new TxidWindow()
  window.add('a', entry(1))
  window.add('b#0-2', entry(2))
  window.add('b#2-5', entry(3))
  window.add('b#9-12', entry(4))
  const again = new TxidWindow()
  const packed = JSON.stringify(window.pack())
  again.unpack(
    () => JSON.parse(packed),
    (seq) => seq !== 1,
  )
  expect(again.get('a')).toBeUndefined()
  expect(again.get('b#0-2')).toEqual(entry(2))
  expect(partsOf(again, 'b'), 'parts count up to the first that is missing').toEqual([
    [0, 2],
    [2, 5],
  ])
  again.unpack(
    () => ({ b: 1 }),
    () => true,
  )
  expect(() => again.settle(), 'what is no list is damage').toThrow('no list of txids')
})

test('the oldest is forgotten first, and that its rows were written with it', () => {
  const window = new TxidWindow()
  window.add('b#0-2', entry(1))
  window.add('b#2-5', entry(2))
  for (let seq = 3; seq <= limits.txidWindow + 1; seq++) window.add(`t${seq}`, entry(seq))
  expect(window.get('b#0-2')).toBeUndefined()
  expect(window.get('b#2-5')).toEqual(entry(2))
  expect(partsOf(window, 'b')).toEqual([])
})
