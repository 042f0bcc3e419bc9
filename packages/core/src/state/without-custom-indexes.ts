import type { Domain, Entities } from '@stateward/contract'

/** The same domain for a state that is read only and builds nothing behind its opening: what its own indexes would find is found without them. */
export function withoutCustomIndexes({ entities, ...rest }: Domain): Domain {
  const plain: Entities = Object.fromEntries(
    Object.entries(entities).map(([type, entity]) => [
      type,
      entity.customIndexes.length === 0 ? entity : { ...entity, customIndexes: [] },
    ]),
  )
  return { ...rest, entities: plain }
}
