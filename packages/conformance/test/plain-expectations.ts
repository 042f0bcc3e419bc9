import { compareValues, type Expectation } from '@stateward/contract'
import { checkId, checkList, checkObject, entityOf, refuse } from './plain-door.ts'
import type { PlainDraft } from './plain-draft.ts'

/** Refuses where one of these does not hold of what was there before the draft. */
export function expectOf(draft: PlainDraft, expect: unknown): void {
  for (const one of checkList(expect) as readonly Expectation[]) {
    const { type, id, exists, rev, fields, unset } = one
    entityOf(type)
    if ([exists, rev, fields, unset].every((condition) => condition === undefined))
      refuse('INVALID', 'nothing expected')
    const record = draft.get(type, checkId(id))
    if ((record !== undefined) !== (exists ?? true)) refuse('CONFLICT', 'there, or not')
    if (rev !== undefined && record?.rev !== rev) refuse('CONFLICT', 'another rev')
    for (const [field, value] of Object.entries(checkObject(fields ?? {})))
      if (compareValues(record?.[field], value) !== 0) refuse('CONFLICT', `another ${field}`)
    for (const field of unset ?? []) if (record?.[field] !== undefined) refuse('CONFLICT', `a ${field}`)
  }
}
