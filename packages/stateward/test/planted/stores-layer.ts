import { StoresWorld } from '../stores/stores-world.ts'

const seeds = 4
const steps = 40

/** Many stores of one process, used at random, as the rig `many-stores` does it. With a range only a little of that. */
export async function storesLayer(range?: object): Promise<void> {
  for (let seed = 1; seed <= (range === undefined ? seeds : 1); seed++) await new StoresWorld(seed).run(steps)
}
