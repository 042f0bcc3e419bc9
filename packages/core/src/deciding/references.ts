import {
  type Domain,
  type Reference,
  type RuleReader,
  type RuleSubject,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import type { HeadReader } from '../records/heads.ts'

/** Refuses references to records that are not there: `INVALID_REFERENCE`. Of a list, only what was added is looked at. */
export function checkReferences(
  domain: Domain,
  { type, before, after }: RuleSubject,
  reader: Pick<HeadReader, 'exists'>,
): void {
  const refs = domain.entities[type]?.refs
  if (refs === undefined || after === undefined) return
  for (const [field, reference] of Object.entries(refs)) {
    const target = targetType(reference, after)
    const moved = before === undefined || target !== targetType(reference, before)
    for (const id of addedIds(moved ? undefined : before, after, field)) {
      if (target === undefined) throw missing(type, field, id, 'a record of no known type')
      // A record may refer to itself; it is as good as there.
      if (target === type && id === after.id) continue
      if (!reader.exists(target, id)) throw missing(type, field, id, `the ${target} that it names`)
    }
  }
}

/** Live records that hold on to this one, by references that restrict its deletion. */
export function dependentsOf(
  domain: Domain,
  type: string,
  id: string,
  reader: RuleReader,
): { type: string; record: StoredRecord }[] {
  const found: { type: string; record: StoredRecord }[] = []
  for (const [other, { refs }] of Object.entries(domain.entities)) {
    // A record may hold on by several fields, and is one all the same.
    const seen = new Set<string>()
    for (const [field, reference] of Object.entries(refs)) {
      if (reference.onDelete !== 'restrict' || !mayLeadTo(reference, type)) continue
      for (const record of reader.referring(other, field, id)) {
        const self = other === type && record.id === id
        if (self || seen.has(record.id) || targetType(reference, record) !== type) continue
        seen.add(record.id)
        found.push({ type: other, record })
      }
    }
  }
  return found
}

function mayLeadTo({ to }: Reference, type: string): boolean {
  return typeof to === 'string' ? to === type : to.types.includes(type)
}

/** The type that a reference of this record leads to; `undefined` where the record names none that it may. */
export function targetType({ to }: Reference, record: StoredRecord): string | undefined {
  if (typeof to === 'string') return to
  const named = record[to.typeField]
  return typeof named === 'string' && to.types.includes(named) ? named : undefined
}

function addedIds(before: StoredRecord | undefined, after: StoredRecord, field: string): string[] {
  const known = new Set(before === undefined ? [] : idsIn(before, field))
  return idsIn(after, field).filter((id) => !known.has(id))
}

function idsIn(record: StoredRecord, field: string): string[] {
  const value = record[field]
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function missing(type: string, field: string, id: string, expected: string): StatewardError {
  return new StatewardError(
    'INVALID_REFERENCE',
    `expected ${field} of the ${type} to be ${expected}, found none with the id ${JSON.stringify(id)}; create it first`,
    {
      details: { type, field, id },
    },
  )
}
