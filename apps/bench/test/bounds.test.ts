import { expect, test } from 'vitest'
import { contenders } from '../src/contenders/registry.ts'
import type { Measured } from '../src/measure/measured.ts'
import { boundTable, boundVerdicts } from '../src/report/bound-table.ts'
import { verdictOf } from '../src/report/compare.ts'
import { markdown } from '../src/report/markdown.ts'
import { shareTable } from '../src/report/share-table.ts'
import { type Group, groupsOf } from '../src/report/summary.ts'
import type { Row } from '../src/run/row.ts'
import { sharesOf } from '../src/workloads/queries-beside-writes.ts'
import { workloads, workloadWithId } from '../src/workloads/registry.ts'

/** What was measured of a workload, contender by contender, round by round. */
function groupOf(workload: string, figures: Readonly<Record<string, readonly Partial<Measured>[]>>): Group {
  const rows = Object.entries(figures).flatMap(([contender, rounds]) =>
    rounds.map(
      (measured, round): Row => ({
        ...{ workload, size: 10_000, contender, round },
        measured: { value: 1, operations: 1, ...measured },
      }),
    ),
  )
  const [group] = groupsOf(rows, [workloadWithId(workload)], contenders)
  if (group === undefined) throw new Error('expected a group, found none')
  return group
}

/** The last column of the line of this bound. */
function barOf(group: Group, words: string): string | undefined {
  const line = boundTable([group])
    .split('\n')
    .find((one) => one.includes(words))
  return line?.split('|').at(-2)?.trim()
}

test('the bars that are no ratio are those of the table of benchmarks', () => {
  const bounds = workloads.flatMap(({ id, bounds = [] }) => bounds.map(({ of, atMost }) => [id, of, atMost]))
  expect(bounds).toEqual([
    ['R5', 'stall', 5],
    ['R7', 'p99', 0.4],
    ['S4/alone', 'stall', 10],
    ['M1', 'value', 300],
    ['K1/cache', 'value', 1000],
  ])
})

test.each([
  ['R5', 'longest stall', 'stallMs', 5, '≤ 5.00 ms'],
  ['R7', 'stateward: p99 ', 'p99', 0.4, '≤ 0.400 ms'],
  ['S4/alone', 'longest stall', 'stallMs', 10, '≤ 10.0 ms'],
  ['K1/cache', 'the figure itself', 'value', 1000, '≤ 1000 ms'],
  ['M1', 'the figure itself', 'value', 300, '≤ 300 MiB'],
  ['W2/64', 'S5', 'stallP99Ms', 5, '≤ 5.00 ms'],
] as const)('%s: a %s that is missed is told as missed', (id, words, figure, atMost, bar) => {
  const told = (value: number): string | undefined => barOf(groupOf(id, { stateward: [{ [figure]: value }] }), words)
  expect(told(atMost)).toBe(`✓ ${bar}`)
  expect(told(atMost * 1.01)).toBe(`✗ ${bar}`)
})

test('the worst round decides on stalls, the middle one on what is waited for', () => {
  const rounds = [1, 9, 1].map((ms) => ({ stallMs: ms, stallP99Ms: ms, p99: ms / 10 }))
  expect(barOf(groupOf('R5', { stateward: rounds }), 'longest stall')).toMatch(/^✗/)
  expect(barOf(groupOf('R5', { stateward: rounds }), 'S5')).toMatch(/^✗/)
  expect(barOf(groupOf('R7', { stateward: rounds }), 'stateward: p99 ')).toMatch(/^✓/)
})

test('what was not measured decides nothing, and only Stateward has bounds', () => {
  const group = groupOf('R5', { stateward: [{}], sqlite: [{ stallMs: 900, stallP99Ms: 900 }] })
  expect(barOf(group, 'longest stall')).toBe('? ≤ 5.00 ms')
  expect(group.summaries.map((summary) => boundVerdicts(group, summary).length)).toEqual([1, 0])
  expect(boundTable([groupOf('W1', { raw: [{ stallP99Ms: 9 }] })])).toBe('')
})

test('a get of the view must be five times as fast as lmdb, one that is awaited twice', () => {
  const verdicts = (times: number): unknown => {
    const group = groupOf('R1', {
      stateward: [{ value: times }],
      'stateward-view': [{ value: times }],
      lmdb: [{ value: 1 }],
    })
    return group.summaries.slice(0, 2).map((summary) => verdictOf(group, summary)?.holds)
  }
  expect([verdicts(1.9), verdicts(4.9), verdicts(5)]).toEqual([
    [false, false],
    [true, false],
    [true, true],
  ])
})

test('where the machine misses a bar with nothing to do, nobody is told to have missed it', () => {
  const verdict = (ours: number, idle: number): string | undefined =>
    barOf(groupOf('R5', { stateward: [{ stallMs: ours }], ceiling: [{ stallMs: idle }] }), 'longest stall')
  expect([verdict(9, 6), verdict(9, 4), verdict(4, 6)]).toEqual(['? ≤ 5.00 ms', '✗ ≤ 5.00 ms', '✓ ≤ 5.00 ms'])
})

test('the report has them', () => {
  const surroundings = {
    date: '',
    commit: '',
    node: '',
    machine: '',
    load: 0,
    fileSystem: 'disk',
    code: 'built',
  } as const
  const groups = [groupOf('R5', { stateward: [{ stallMs: 7 }] })]
  const text = markdown({ surroundings, contenders, groups, rounds: 1, runMs: 1000 })
  expect(text).toContain('bars that are no ratio')
  expect(text).toMatch(/R5 stateward: longest stall of the event loop \| +10 k \| 7\.00 ms \| +– \| ✗ ≤ 5\.00 ms/)
})

test('Q1: each shape whose p99 is missed is told as missed, where a write and its sync take less', () => {
  const p99s = [
    { name: 'quick', ms: 0.99 },
    { name: 'slow', ms: 1.01 },
  ]
  const told = (syncMs: number): readonly (string | undefined)[] => {
    const text = shareTable([groupOf('Q1', { stateward: [{ shares: sharesOf(p99s, syncMs) }] })])
    return ['quick', 'slow'].map((name) =>
      text
        .split('\n')
        .find((line) => line.includes(name))
        ?.split('|')
        .at(-2)
        ?.trim(),
    )
  }
  expect(told(0.99)).toEqual(['✓ ≤ 1.00 ×', '✗ ≤ 1.00 ×'])
  expect(told(1)).toEqual(['–', '–'])
})
