import fc from 'fast-check'
import { rig } from '../../../../test/reliability/rig.ts'
import { plan } from './step.ts'
import { StoreWorld } from './store-world.ts'

/** So many histories have one seed: fewer would spend their time on beginnings, more would be a long replay. */
const historiesPerSeed = 50

rig('model', ({ each, target }) =>
  each(async (seed) => {
    const numRuns = Math.min(historiesPerSeed, target)
    await fc.assert(
      fc.asyncProperty(plan, (plan) => new StoreWorld(plan).run()),
      { seed, numRuns },
    )
    return numRuns
  }),
)
