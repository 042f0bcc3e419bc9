import { describe, expect, test } from 'vitest'
import { contenderNamed } from '../src/contenders/registry.ts'
import { turnsOf } from '../src/run/turns.ts'
import { workloads, workloadsNamed, workloadWithId } from '../src/workloads/registry.ts'

const named = (...names: string[]) => names.map(contenderNamed)
const told = (turns: ReturnType<typeof turnsOf>): string[] =>
  turns.map(({ stage, contender, workloads: group, size, round }) =>
    [stage, group.map(({ id }) => id).join('+'), contender.name, size, round].join(' '),
  )

describe('who does what, in order', () => {
  test('a fresh workload: A B A B, whatever the sizes', () => {
    const options = { contenders: named('stateward', 'raw'), sizes: [1000, 2000], rounds: 2 }
    expect(told(turnsOf({ ...options, workloads: workloadsNamed(['W1']) }))).toEqual([
      'fresh W1 stateward 0 0',
      'fresh W1 raw 0 0',
      'fresh W1 stateward 0 1',
      'fresh W1 raw 0 1',
    ])
  })

  test('reads share a process, and each who keeps records loads them once before', () => {
    const options = { contenders: named('stateward', 'map-get'), sizes: [1000], rounds: 2 }
    expect(told(turnsOf({ ...options, workloads: ['R1', 'R2', 'S1'].map(workloadWithId) }))).toEqual([
      'load W3 stateward 1000 0',
      'loaded R1+R2 stateward 1000 0',
      'loaded R1 map-get 1000 0',
      'loaded R1+R2 stateward 1000 1',
      'loaded R1 map-get 1000 1',
      'start S1 stateward 1000 0',
      'start S1 stateward 1000 1',
    ])
  })

  test('who opens what another one loads has that one load it, whether it takes part or not', () => {
    const options = { contenders: named('stateward-full'), sizes: [1000], rounds: 1 }
    expect(told(turnsOf({ ...options, workloads: ['R1', 'S1'].map(workloadWithId) }))).toEqual([
      'load W3 stateward 1000 0',
      'start S1 stateward-full 1000 0',
    ])
  })

  test('what a killed process leaves needs nothing that is loaded', () => {
    const options = { contenders: named('stateward', 'stateward-full'), sizes: [1000], rounds: 1 }
    expect(told(turnsOf({ ...options, workloads: workloadsNamed(['K1/log']) }))).toEqual([
      'killed K1/log stateward 1000 0',
      'killed K1/log stateward-full 1000 0',
    ])
  })

  test('loading is measured in turns when it is asked for', () => {
    const options = { contenders: named('sqlite', 'lmdb'), sizes: [1000], rounds: 2 }
    expect(told(turnsOf({ ...options, workloads: workloadsNamed(['W3']) }))).toEqual([
      'load W3 sqlite 1000 0',
      'load W3 lmdb 1000 0',
      'load W3 sqlite 1000 1',
      'load W3 lmdb 1000 1',
    ])
  })

  test('one size is done before the next begins, so that its stores can go', () => {
    const turns = turnsOf({ workloads, contenders: named('stateward', 'sqlite'), sizes: [1000, 2000], rounds: 3 })
    const sizes = turns.map(({ size }) => size)
    expect(sizes.toSorted((a, b) => a - b)).toEqual(sizes)
  })
})
