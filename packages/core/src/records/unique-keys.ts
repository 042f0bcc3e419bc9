import { type Domain, type Entity, fieldKind } from '@stateward/contract'
import type { FieldKey } from '@stateward/index'

export type UniqueKey = FieldKey

const none: readonly UniqueKey[] = []
const known = new WeakMap<Entity, readonly UniqueKey[]>()
const having = new WeakMap<Domain, boolean>()

/** What only one live record of the type may hold: the same list, of the same keys, at each call. */
export function uniqueKeysOf(entity: Entity | undefined): readonly UniqueKey[] {
  if (entity === undefined || entity.unique.length === 0) return none
  const keys =
    known.get(entity) ??
    entity.unique.map((fields) => ({ fields, kinds: fields.map((field) => fieldKind(entity, field)) }))
  known.set(entity, keys)
  return keys
}

/** Whether any type has such keys. */
export function hasUniqueKeys(domain: Domain): boolean {
  const has = having.get(domain) ?? Object.values(domain.entities).some(({ unique }) => unique.length > 0)
  having.set(domain, has)
  return has
}
