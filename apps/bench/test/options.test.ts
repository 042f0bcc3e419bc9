import { describe, expect, test } from 'vitest'
import { optionsOf, usage } from '../src/options.ts'
import { workloads } from '../src/workloads/registry.ts'

describe('options', () => {
  test('without any, everything at the two quick sizes', () => {
    expect(optionsOf([])).toMatchObject({ workloads, sizes: [10_000, 100_000], rounds: 3, seed: 1, record: false })
    expect(optionsOf(['--full'])).toMatchObject({ sizes: [10_000, 100_000, 1_000_000], rounds: 5 })
  })

  test('pick workloads with all their variants, contenders in the order given, sizes and rounds', () => {
    const args = '--only W2,R2 --contenders sqlite,stateward --size 2k,1M --rounds 4 --seconds 2'.split(' ')
    const options = optionsOf(args)
    expect(options.workloads.map(({ id }) => id)).toEqual(['W2/64', 'W2/256', 'R2', 'R2/cold'])
    expect(options.contenders.map(({ name }) => name)).toEqual(['sqlite', 'stateward'])
    expect(options).toMatchObject({ sizes: [2000, 1_000_000], rounds: 4, timing: { runMs: 2000 } })
  })

  test.for([
    ['--only W9', 'no workload is called W9'],
    ['--contenders mongo', 'no contender is called mongo'],
    ['--size many', 'expected --size'],
    ['--size 10', 'expected --size'],
    ['--rounds 0', 'expected --rounds'],
    ['--seconds x', 'expected --seconds'],
    ['--fast', "Unknown option '--fast'"],
  ] as const)('%s is refused', ([args, message]) => {
    expect(() => optionsOf(args.split(' '))).toThrow(message)
  })

  test('the help names every one', () => {
    for (const name of 'only contenders size full rounds seconds seed dir profile record source help'.split(' ')) {
      expect(usage).toContain(`--${name}`)
    }
  })
})
