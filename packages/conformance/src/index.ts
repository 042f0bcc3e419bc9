export type { Case } from './case.ts'
export type { Runner, SuiteOptions } from './runner.ts'
export { storageCases, testStorage } from './storage/storage-suite.ts'
export type { OpenedStorage, OpenStorage, StorageCase } from './storage/trial.ts'
