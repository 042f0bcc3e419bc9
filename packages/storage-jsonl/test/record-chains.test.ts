import { expect, test } from 'vitest'
import { RecordChains } from '../src/repair/record-chains.ts'

const made = (rev: number, more: object = {}): object => ({ type: 'plan', data: { id: 'a', ...more }, rev })
const changed = (rev: number, prev?: number): object => ({ type: 'update', target: 'plan', id: 'a', rev, prev })
const gone = (rev: number): object => ({ type: 'delete', target: 'plan', id: 'a', rev })

/** What is said of the last of these lines; of those before it nothing may be said. `skip` stands for missing commits. */
function saidOf(lines: readonly (object | 'skip')[], isFromTheFirst = true): string | undefined {
  const chains = new RecordChains(isFromTheFirst)
  let said: string | undefined
  for (const [at, line] of lines.entries()) {
    expect(said).toBeUndefined()
    if (line === 'skip') chains.skip()
    else said = chains.take(JSON.stringify(line), at + 1)
  }
  return said
}

test.each<[what: string, lines: readonly (object | 'skip')[], said: string | undefined]>([
  ['versions that count up by one', [made(1), changed(2, 1), gone(3), made(4), changed(5, 4)], undefined],
  ['a first version that is not the first', [made(2)], 'rev 2 of plan a, where rev 1 follows'],
  ['the same version twice', [made(1), made(1)], 'rev 1 of plan a, where rev 2 follows'],
  ['a version left out', [made(1), changed(3, 1)], 'rev 3 of plan a, where rev 2 follows'],
  ['an update that names another line', [made(1), changed(2, 3)], 'prev 3, where the line of plan a before it is 1'],
  ['an update behind a deletion', [made(1), gone(2), changed(3, 2)], 'it updates plan a, which is not there'],
  ['an update of what never was', [changed(1)], 'it updates plan a, which is not there'],
  ['whole records behind missing commits', [made(1), 'skip', made(4), changed(5, 3)], undefined],
  ['a deletion behind missing commits', [made(1), 'skip', gone(4), made(5)], undefined],
  ['an update behind missing commits', [made(1), 'skip', changed(4, 1)], 'rev 4 of plan a, where rev 2 follows'],
  ['a step back behind missing commits', [made(1), made(2), 'skip', made(2)], 'rev 2 of plan a, where rev 3 follows'],
  [
    'lines that count no versions',
    [
      { type: 'plan', data: { id: 'a' } },
      { ...gone(0), rev: undefined },
    ],
    undefined,
  ],
])('%s', (_, lines, said) => {
  expect(saidOf(lines)).toBe(said)
})

test('every operation of a transaction is looked at, and a record whose own field is called ops is none', () => {
  const tx = (...ops: object[]): object => ({ type: 'tx', data: { ops } })
  expect(saidOf([made(1), tx(changed(2, 1), changed(3, 2))])).toBeUndefined()
  expect(saidOf([made(1), tx(changed(2, 1), changed(4, 2))])).toMatch('rev 4')
  expect(saidOf([made(1, { ops: [changed(9)] }), changed(2, 1)])).toBeUndefined()
  expect(saidOf([made(1), made(3, { ops: [] })])).toMatch('rev 3')
})

test('what begins in the middle is believed about records that it has not seen before', () => {
  expect(saidOf([changed(7, 3), changed(8, 1)], false)).toBeUndefined()
  expect(saidOf([changed(7, 3), changed(9, 1)], false)).toBe('rev 9 of plan a, where rev 8 follows')
})
