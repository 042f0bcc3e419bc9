import {
  type Domain,
  type Entity,
  type Expectation,
  fieldKind,
  limits,
  StatewardError,
  type StoredRecord,
  sameValue,
  type UnmetExpectation,
} from '@stateward/contract'
import { together } from '../records/together.ts'
import { checkedEntity, checkedId, checkKeys, invalid } from '../validation/check.ts'
import { describe, frozenObject } from '../validation/frozen-json.ts'
import { ownValue } from '../validation/own-value.ts'
import type { Precondition } from './write.ts'

/** An expectation that was checked at the door. */
interface Expected extends Expectation {
  readonly entity: Entity
}

const keys = new Set(['type', 'id', 'exists', 'rev', 'fields', 'unset'])
const unmetShown = 20

/** What `transact` is to find before it writes, checked. `INVALID`, `TOO_LARGE`. */
export function preconditionOf(given: unknown, domain: Domain): Precondition {
  if (!Array.isArray(given)) throw invalid(`expected expect to be a list, found ${describe(given)}`)
  if (given.length > limits.transactionSteps)
    throw new StatewardError(
      'TOO_LARGE',
      `expected at most ${limits.transactionSteps} expectations, found ${given.length}`,
    )
  // Not `map`, which would skip the holes of a sparse list.
  const targets = Array.from(given, (one, at) => checked(one, at, domain))
  return {
    targets,
    check: (heads) => {
      const records = together(targets, ({ type, id }) => heads.head(type, id)?.record)
      const unmet = targets.flatMap((one, at) => unmetOf(one, records[at], at))
      const [first] = unmet
      const expected = targets[first?.expectation ?? 0]
      if (first === undefined || expected === undefined) return
      throw new StatewardError('CONFLICT', textOf(first, expected, records[first.expectation]), {
        details: { ...first, count: unmet.length, unmet: unmet.slice(0, unmetShown) },
      })
    },
  }
}

function checked(given: unknown, at: number, domain: Domain): Expected {
  if (typeof given !== 'object' || given === null)
    throw invalid(`expectation ${at}: expected an object, found ${describe(given)}`, { expectation: at })
  checkKeys(given, keys, `expectation ${at}`)
  // Read once, because a getter may answer differently the second time.
  const { type, id, exists, rev, fields, unset } = { ...given } as Partial<Expectation>
  if (exists !== undefined && typeof exists !== 'boolean')
    throw invalid(`expectation ${at}: expected exists to be true or false, found ${describe(exists)}`)
  const isOther = rev !== undefined || fields !== undefined || unset !== undefined
  if (exists === undefined && !isOther)
    throw invalid(`expectation ${at}: expected one of exists, rev, fields, unset, found none`, { expectation: at })
  if (exists === false && isOther)
    throw invalid(`expectation ${at}: expected nothing beside exists: false, found more`, { expectation: at })
  return {
    type: type ?? '',
    entity: checkedEntity(domain, type),
    id: checkedId(id),
    ...(exists === undefined ? {} : { exists }),
    ...(rev === undefined ? {} : { rev: checkedVersion(rev, at) }),
    ...(fields === undefined ? {} : { fields: frozenObject(fields, `expectation ${at}: fields`) }),
    ...(unset === undefined ? {} : { unset: checkedNames(unset, at) }),
  }
}

function checkedVersion(rev: unknown, at: number): number {
  if (typeof rev === 'number' && Number.isSafeInteger(rev) && rev >= 1) return rev
  throw invalid(`expectation ${at}: expected rev to be a whole number from 1, found ${describe(rev)}`)
}

function checkedNames(names: unknown, at: number): readonly string[] {
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return [...names]
  throw invalid(`expectation ${at}: expected unset to be a list of fields, found ${describe(names)}`)
}

function unmetOf(expected: Expected, record: StoredRecord | undefined, expectation: number): UnmetExpectation[] {
  const { type, id, exists, rev, fields = {}, unset = [], entity } = expected
  const base = { type, id, expectation, ...(record === undefined ? {} : { currentRev: record.rev }) }
  if (exists === false) return record === undefined ? [] : [{ ...base, condition: 'absent' }]
  if (record === undefined) return [{ ...base, condition: 'exists' }]
  const unmet: UnmetExpectation[] = rev === undefined || rev === record.rev ? [] : [{ ...base, condition: 'rev' }]
  for (const [field, value] of Object.entries(fields)) {
    if (!sameValue(ownValue(record, field), value, fieldKind(entity, field)))
      unmet.push({ ...base, condition: 'field', field })
  }
  for (const field of unset) if (Object.hasOwn(record, field)) unmet.push({ ...base, condition: 'unset', field })
  return unmet
}

function textOf(
  { type, id, condition, field = '' }: UnmetExpectation,
  { rev, fields }: Expected,
  record: StoredRecord | undefined,
): string {
  const one = `${type} ${id}`
  const after = 'nothing was written; read again and decide anew'
  switch (condition) {
    case 'exists':
      return `expected ${one} to be there, found none; ${after}`
    case 'absent':
      return `expected no ${one}, found one at rev ${record?.rev}; ${after}`
    case 'rev':
      return `expected ${one} at rev ${rev}, found rev ${record?.rev}; ${after}`
    case 'field': {
      const found = record === undefined ? undefined : ownValue(record, field)
      return `expected ${field} of ${one} to be ${describe(fields?.[field])}, found ${describe(found)}; ${after}`
    }
    case 'unset':
      return `expected ${one} without ${field}, found one with it; ${after}`
    default:
      return condition satisfies never
  }
}
