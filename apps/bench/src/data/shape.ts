import type { ItemType } from './item.ts'

const specsPerPlan = 20
const partsPerSpec = 10
/** A plan, its specs, then their parts. */
const blockSize = 1 + specsPerPlan + specsPerPlan * partsPerSpec

/** Records come in blocks of a plan, its 20 specs and 10 parts of each: phases in every other spec, executions in the rest. */
export function typeAt(index: number): ItemType {
  const at = index % blockSize
  if (at === 0) return 'plan'
  if (at <= specsPerPlan) return 'spec'
  return Math.floor((at - 1 - specsPerPlan) / partsPerSpec) % 2 === 0 ? 'phase' : 'execution'
}

/** The index of the record that this one is a part of; a plan's is its own. Never above `index`. */
export function parentAt(index: number): number {
  const at = index % blockSize
  const plan = index - at
  return at <= specsPerPlan ? plan : plan + 1 + Math.floor((at - 1 - specsPerPlan) / partsPerSpec)
}
