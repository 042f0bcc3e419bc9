import type { Entity } from '@stateward/contract'
import { didYouMean } from './did-you-mean.ts'
import { invalid, shown } from './refusal.ts'

/** References of the entity, each once. Throws `INVALID` for anything else. */
export function checkInclude(include: unknown, { refs }: Entity): readonly string[] {
  const known = Object.keys(refs)
  if (!Array.isArray(include))
    throw invalid(`query.include: expected a list of references such as ['plan_id'], found ${shown(include)}`)
  // More than there are cannot all be right, and a list without end is not looked through.
  if (include.length > known.length)
    throw invalid(`query.include: expected at most the ${known.length} references of the type, found ${include.length}`)
  const fields = new Set<string>()
  for (let at = 0; at < include.length; at++) {
    const field: unknown = include[at]
    if (typeof field !== 'string' || !known.includes(field)) {
      const near = typeof field === 'string' ? didYouMean(field, known) : ''
      throw invalid(
        `query.include: expected a reference of the type, found ${shown(field)}.${near} The references are: ${known.join(', ')}`,
        { known },
      )
    }
    if (fields.has(field)) throw invalid(`query.include: expected each reference once, found ${field} again`, { field })
    fields.add(field)
  }
  return [...fields]
}
