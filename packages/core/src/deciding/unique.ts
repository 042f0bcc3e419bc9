import { type Domain, StatewardError, type StoredRecord } from '@stateward/contract'
import { heldKey } from '@stateward/index'
import type { Touched } from '../records/draft.ts'
import type { HeadReader } from '../records/heads.ts'
import { together } from '../records/together.ts'
import { type UniqueKey, uniqueKeysOf } from '../records/unique-keys.ts'
import { describe } from '../validation/frozen-json.ts'
import { inRow } from '../validation/in-row.ts'

/** One thing to look for: who else holds what this record has come to hold. */
interface Sought {
  readonly type: string
  readonly key: UniqueKey
  readonly record: StoredRecord
}

/**
 * Refuses what would leave two live records with the values of a unique key: `ALREADY_EXISTS`. Only values that a record did
 * not hold before are looked for, so that one which shares them from of old can be changed in all else.
 * @param touched what was changed, each as it was before
 */
export function checkUnique(
  domain: Domain,
  touched: readonly Touched[],
  reader: Pick<HeadReader, 'head' | 'holding'>,
): void {
  const found = sharedBy(domain, touched, reader)
  if (found !== undefined) throw heldAlready(found.one, found.holder)
}

/** As `checkUnique`; the refusal says which of these rows was the last to write the record. */
export function checkUniqueOfRows(
  rows: readonly Pick<Touched, 'type' | 'id'>[],
  ...asked: Parameters<typeof checkUnique>
): void {
  const found = sharedBy(...asked)
  if (found === undefined) return
  const refusal = heldAlready(found.one, found.holder)
  const { type, record } = found.one
  const row = rows.findLastIndex((one) => one.type === type && one.id === record.id)
  // A guard may have written it, for a row of another record.
  if (row < 0) throw refusal
  inRow(row, () => {
    throw refusal
  })
}

/** The last of those that share something, and with whom. */
function sharedBy(
  ...[domain, touched, reader]: Parameters<typeof checkUnique>
): { readonly one: Sought; readonly holder: StoredRecord } | undefined {
  const sought = touched.flatMap((one) => soughtOf(domain, one, reader))
  const holders = together(sought, ({ type, key, record }) =>
    reader.holding(type, key, record).find(({ id }) => id !== record.id),
  )
  const last = sought[holders.findLastIndex((holder) => holder !== undefined)]
  // Of several keys the one that was declared first.
  const at = holders.findIndex((holder, place) => holder !== undefined && sought[place]?.record === last?.record)
  const [one, holder] = [sought[at], holders[at]]
  return one === undefined || holder === undefined ? undefined : { one, holder }
}

function soughtOf(domain: Domain, { type, id, before }: Touched, reader: Pick<HeadReader, 'head'>): readonly Sought[] {
  const keys = uniqueKeysOf(domain.entities[type])
  const record = keys.length === 0 ? undefined : reader.head(type, id)?.record
  if (record === undefined) return []
  return keys.flatMap((key) => {
    const held = isSameIn(key, before, record) ? undefined : heldKey(key, record)
    const isNew = held !== undefined && (before === undefined || heldKey(key, before) !== held)
    return isNew ? [{ type, key, record }] : []
  })
}

/** Whether no field of the key was touched, which most updates leave at that. */
function isSameIn({ fields }: UniqueKey, before: StoredRecord | undefined, record: StoredRecord): boolean {
  return before !== undefined && fields.every((field) => before[field] === record[field])
}

function heldAlready({ type, key: { fields }, record }: Sought, holder: StoredRecord): StatewardError {
  const values = fields.map((field) => record[field])
  const named = fields.map((field) => `${field} ${describe(record[field])}`).join(', ')
  return new StatewardError(
    'ALREADY_EXISTS',
    `expected ${named} in no ${type} but ${record.id}, found it in ${type} ${holder.id}; give another value, or change that one first`,
    { details: { type, id: record.id, fields, values, heldBy: holder.id } },
  )
}
