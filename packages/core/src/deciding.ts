import type { Domain, StoredRecord } from '@stateward/contract'
import type { Draft } from './draft.ts'
import type { SchemaChecks } from './schema-check.ts'

/** What a decision may use. */
export interface Deciding {
  readonly domain: Domain
  readonly draft: Draft
  readonly checks: SchemaChecks
  /** The last version before the deletion of a record that is to be restored. */
  readonly last: (type: string, id: string) => StoredRecord
}
