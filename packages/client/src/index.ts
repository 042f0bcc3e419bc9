export type { BulkOptions, BulkProgress } from './bulk-where.ts'
export { type ChangeOf, type Changes, type ChangesOptions, changes } from './changes.ts'
export type { ClientOptions, CreateOptions, DeleteOptions, ManyOptions, UpdateOptions } from './client-options.ts'
export { Collection, type UnsetOf, type UpdateOf, type VersionOf } from './collection.ts'
export { type Collections, collections } from './collections.ts'
export { type ChangePlace, Cursor, type CursorOptions, takeCursor } from './cursor.ts'
export { endpointRunner } from './endpoint-runner.ts'
export type { ImportOptions, ImportReport, RefusedRow } from './import-rows.ts'
export { jsonLines, jsonSourceLines } from './json-lines.ts'
export { type DiffOf, diff, type PastPoint, type PastState, pastState } from './past-state.ts'
export { readOnly, readPast } from './read-only.ts'
export {
  type ExpectationOf,
  type OperationOf,
  type Transact,
  type TransactedOf,
  type TransactOptions,
  transact,
} from './transact.ts'
export { View, type ViewSource, type Views, views } from './view.ts'
