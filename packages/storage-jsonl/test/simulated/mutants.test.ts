import { expect } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { crashAtEveryStep } from './crash-rig.ts'
import { mixes } from './mixed-workload.ts'
import { type Mutant, mutants } from './mutants.ts'

/** Recoveries after which a mutant that is called redundant is believed to be. */
const patience = 400
/** Workloads that a mutant has to lose something in. */
const seedsMost = 60

/** Where a mutant first loses something, in words; `undefined` where it does not. */
async function caughtBy({ name, habit, redundant, seen }: Mutant, first: number): Promise<string | undefined> {
  let recoveries = 0
  // Archives are made only where much is compacted.
  const mix = name.includes('archive') ? { mix: mixes.upkeep } : {}
  const seeds = Array.from({ length: seedsMost }, (_, at) => first + at)
  for (const seed of seen === undefined ? seeds : first === 1 ? [seen, ...seeds] : [...seeds, seen]) {
    try {
      recoveries += await crashAtEveryStep({
        seed,
        habit: habit(),
        ...mix,
        ...(redundant === undefined ? {} : { most: patience }),
      })
    } catch (error) {
      return `seed ${seed}: ${messageOf(error)}`
    }
    if (redundant !== undefined && recoveries >= patience) return undefined
  }
  return undefined
}

const messageOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.message.split('\n')[0]}${error.cause === undefined ? '' : `: ${messageOf(error.cause)}`}`
    : String(error)

rig('protocol-mutants', async ({ each, note, isReplay }) => {
  const lines = new Map<string, string>()
  const count = await each(async (seed) => {
    for (const mutant of mutants) {
      const caught = await caughtBy(mutant, seed)
      const { name, redundant } = mutant
      if (redundant === undefined)
        expect(caught, `without ${name} nothing is lost, and no proof says why`).toBeDefined()
      else expect(caught, `without ${name} something is lost, though ${redundant}`).toBeUndefined()
      lines.set(name, `without ${name}: ${redundant ?? `caught, ${caught?.slice(0, 120)}`}`)
    }
    return mutants.length
  })
  if (isReplay) note([...lines.values()])
  const redundant = mutants.filter((mutant) => mutant.redundant !== undefined)
  note([
    `protocol-mutants: ${mutants.length - redundant.length} caught, ${redundant.length} redundant:`,
    ...redundant.map(({ name, redundant }) => `  without ${name}: ${redundant}`),
  ])
  return count
})
