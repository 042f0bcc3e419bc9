import fc from 'fast-check'
import { plan } from '../model/step.ts'
import { StoreWorld } from '../model/store-world.ts'

const histories = 200
/** To see that a store without a bug passes: the rig `model` looks at thousands. */
const few = 10

/** The first histories of the rig `model`, until one of them leaves another store than the model says. */
export async function modelLayer(only?: unknown): Promise<void> {
  for (const one of fc.sample(plan, { seed: 1, numRuns: only === undefined ? histories : few }))
    await new StoreWorld(one).run()
}
