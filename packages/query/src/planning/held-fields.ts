import { type Entity, fieldKind, type JsonValue } from '@stateward/contract'
import type { Facts, FieldFacts } from './facts.ts'
import { type Access, type HeldField, indexesOf } from './plan.ts'

/** Where a field may have more values than this, knowing beforehand which a record has saves little. */
const mostValues = 64
/** More fields would tell hardly anything that the first ones do not, and take the place of those of other questions. */
const mostFields = 4

/** The fields that every match holds to few values, and that the access has not looked at. */
export function heldBeside(access: Access, { fields }: Facts, entity: Entity): readonly HeldField[] {
  if (access.kind === 'empty' || access.kind === 'ids') return []
  const looked = indexesOf(access).flatMap(({ fields }) => fields)
  const held: HeldField[] = []
  for (const [field, facts] of fields) {
    if (held.length < mostFields && isHeld(facts) && !looked.includes(field))
      held.push({ field, kind: fieldKind(entity, field), values: facts.equal })
  }
  return held
}

/** Whether there are such fields that no index begins with. @param led those that one begins with */
export function isSifted({ fields }: Facts, led: ReadonlySet<string>): boolean {
  for (const [field, facts] of fields) if (isHeld(facts) && !led.has(field)) return true
  return false
}

function isHeld(facts: FieldFacts): facts is FieldFacts & { readonly equal: readonly JsonValue[] } {
  return facts.equal !== undefined && facts.equal.length <= mostValues
}
