import type { Domain, StoredRecord } from '@stateward/contract'
import type { Draft } from '../records/draft.ts'
import type { SchemaChecks } from './schema-check.ts'

/** What a decision may use. */
export interface Deciding {
  readonly domain: Domain
  readonly draft: Draft
  readonly checks: SchemaChecks
  /** The last version before the deletion of a record that is to be restored. */
  readonly last: (type: string, id: string) => StoredRecord
  /** Takes what is to be looked at when every step has been taken; absent: each is looked at behind its own step. */
  readonly atEnd?: ((check: () => void) => void) | undefined
}

/** Looks whether a step may be, now or when all have been taken: see `Write.isCheckedWhole`. */
export function checking({ atEnd }: Deciding, check: () => void): void {
  if (atEnd === undefined) check()
  else atEnd(check)
}
