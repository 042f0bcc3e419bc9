import type { Rule } from '@stateward/contract'

/**
 * An execution is no part of itself, however many parents lie between: neither could ever complete, nor be deleted.
 * Refuses with `INVALID_REFERENCE` and `details.cycle`: ids of which each is a child of the next, the last of the
 * first.
 */
export const parentRule: Rule = ({ before, after }, reader) => {
  const parent = after?.parent_execution_id
  if (after === undefined || parent === before?.parent_execution_id) return undefined
  const chain = new Set<string>()
  let id = parent
  while (typeof id === 'string' && id !== after.id && !chain.has(id)) {
    chain.add(id)
    id = reader.get('execution', id)?.parent_execution_id
  }
  if (id !== after.id) return undefined
  return {
    code: 'INVALID_REFERENCE',
    message: `execution ${after.id} cannot have the parent ${parent}, which is itself or one of its own descendants`,
    details: { cycle: [after.id, ...chain] },
  }
}
