import { type Entity, fieldKind, type JsonObject, type StoredRecord, sameValue } from '@stateward/contract'

/** Whether two records hold the same in all fields of the key; absence and null are nothing that they could share. */
export function shareKey(entity: Entity, key: readonly string[], one: StoredRecord, other: StoredRecord): boolean {
  return key.every((field) => {
    const [left, right] = [one[field] ?? undefined, other[field] ?? undefined]
    return left !== undefined && right !== undefined && sameValue(left, right, fieldKind(entity, field))
  })
}

/** Compares each of these records with each of those: the details of the refusal, if two of them share what they may not. */
export function plainUnique(
  entity: Entity,
  written: readonly StoredRecord[],
  all: readonly StoredRecord[],
  share: typeof shareKey,
): JsonObject | undefined {
  for (const one of written.toReversed()) {
    for (const key of entity.unique) {
      const holder = all.find((other) => other.id !== one.id && share(entity, key, one, other))
      if (holder !== undefined)
        return { id: one.id, fields: key, values: key.map((field) => one[field] ?? null), heldBy: holder.id }
    }
  }
  return undefined
}
