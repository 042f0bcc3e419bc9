import { describe, expect, test } from 'vitest'
import type { Contender } from '../src/contender.ts'
import { contenders as everybody } from '../src/contenders/registry.ts'
import { bestPeer, compare, verdictOf } from '../src/report/compare.ts'
import { ratioTable } from '../src/report/ratio-table.ts'
import { type Group, groupsOf } from '../src/report/summary.ts'
import type { Row } from '../src/run/row.ts'
import type { Workload } from '../src/workload.ts'
import { workloads } from '../src/workloads/registry.ts'

const contender = (name: string, role: Contender['role'], durability: Contender['durability']): Contender => ({
  name,
  title: name,
  role,
  durability,
  abilities: ['create'],
  warmOperations: 0,
  opener: () => Promise.reject(new Error('never opened')),
})
const contenders = [
  contender('ours', 'stateward', 'power'),
  contender('ours-otherwise', 'stateward', 'power'),
  contender('like', 'peer', 'power'),
  contender('slow', 'peer', 'power'),
  contender('careless', 'peer', 'process'),
  contender('limit', 'limit', 'none'),
]
const workload = (
  unit: Workload['unit'],
  bar: NonNullable<Workload['bar']>,
  stage: Workload['stage'] = 'fresh',
): Workload => ({
  id: 'W',
  title: 'work',
  unit,
  stage,
  takes: [['create']],
  bar,
  run: () => Promise.reject(new Error('never run')),
})

function groupWith(values: Readonly<Record<string, readonly number[]>>, one: Workload, size = 0): Group {
  const rows = Object.entries(values).flatMap(([name, rounds]) =>
    rounds.map(
      (value, round): Row => ({ workload: 'W', size, contender: name, round, measured: { value, operations: 1 } }),
    ),
  )
  const [group] = groupsOf(rows, [one], contenders)
  if (group === undefined) throw new Error('no group')
  return group
}

const many = groupWith(
  { ours: [90, 300, 100], like: [50, 40, 60], slow: [10], careless: [1000], limit: [200] },
  workload('ops/s', { times: 2 }),
)
const [ours, like, , careless, limit] = many.summaries

describe('figures of several rounds', () => {
  test('are told by their median, with the least and the most', () => {
    expect(ours).toMatchObject({ median: 100, min: 90, max: 300, rounds: 3 })
  })

  test('keep what failed', () => {
    const failed: Row = { workload: 'W', size: 0, contender: 'like', round: 0, failure: 'broke' }
    const [group] = groupsOf([failed], [workload('ops/s', { times: 2 })], contenders)
    expect(group).toMatchObject({ summaries: [], failures: [failed] })
  })
})

describe('comparing', () => {
  test('like with like is a ratio', () => {
    if (ours === undefined || like === undefined) throw new Error('no figures')
    expect(compare(ours, like)).toEqual({ kind: 'like', times: 2 })
  })

  test('less time is better', () => {
    const [fast, slower] = groupWith({ ours: [5], like: [20] }, workload('ms', { times: 1 })).summaries
    if (fast === undefined || slower === undefined) throw new Error('no figures')
    expect(compare(fast, slower).times).toBe(4)
  })

  test('unlike durability is said to be unlike, a limit is not', () => {
    if (ours === undefined || careless === undefined || limit === undefined) throw new Error('no figures')
    expect(compare(ours, careless).kind).toBe('unlike')
    expect(compare(ours, limit).kind).toBe('like')
  })

  test('the best peer of like durability decides, however fast an unlike one is', () => {
    if (ours === undefined) throw new Error('no figures')
    expect(bestPeer(many, ours, 'like')?.contender.name).toBe('like')
    expect(bestPeer(many, ours, 'unlike')?.contender.name).toBe('careless')
    expect(verdictOf(many, ours)).toEqual({ wanted: 2, against: 'like', holds: true })
  })

  test('a bar against somebody who promises less, or did not take part, is not decided', () => {
    for (const name of ['careless', 'absent']) {
      const group = groupWith({ ours: [100], careless: [1] }, workload('ops/s', { times: 2, against: [name] }))
      const [one] = group.summaries
      if (one === undefined) throw new Error('no figures')
      expect(verdictOf(group, one)).toEqual({ wanted: 2, against: name, holds: undefined })
    }
  })

  test('who promises less decides about reads of what is there, where the bar names him', () => {
    const verdicts = [['careless'], undefined].map((against) => {
      const bar = { times: 2, ...(against && { against }) }
      const group = groupWith({ ours: [100], careless: [60] }, workload('ops/s', bar, 'loaded'))
      return group.summaries[0] && verdictOf(group, group.summaries[0])?.holds
    })
    expect(verdicts).toEqual([false, undefined])
  })

  test('whoever a bar names takes part', () => {
    const names = everybody.map(({ name }) => name)
    for (const { bar } of workloads) for (const name of bar?.against ?? []) expect(names).toContain(name)
  })

  test('a bar may be another one for many records', () => {
    const bar = { times: 4, fromSize: { size: 1000, times: 2 } }
    const verdicts = [999, 1000].map((size) => {
      const group = groupWith({ ours: [30], like: [10] }, workload('ops/s', bar), size)
      return group.summaries[0] && verdictOf(group, group.summaries[0])?.holds
    })
    expect(verdicts).toEqual([false, true])
  })

  test('each way to open Stateward has a line, held against the same peers', () => {
    const group = groupWith({ ours: [100], 'ours-otherwise': [200], like: [50] }, workload('ops/s', { times: 3 }))
    const lines = ratioTable([group]).split('\n').slice(2)
    expect(
      lines.map((line) =>
        line
          .split('|')
          .map((cell) => cell.trim())
          .slice(3, 6),
      ),
    ).toEqual([
      ['100 ops/s', '2.00 × like', '✗ 3.00 × like'],
      ['200 ops/s (ours-otherwise)', '4.00 × like', '✓ 3.00 × like'],
    ])
  })

  test('the table marks what is unlike', () => {
    const [, , line] = ratioTable([many]).split('\n')
    expect(line?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'W work',
      '–',
      '100 ops/s',
      '2.00 × like',
      '✓ 2.00 × like',
      '≠ 0.100 × careless',
      '0.500 × limit',
      '',
    ])
  })
})
