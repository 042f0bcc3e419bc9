import { runCases } from '../case.ts'
import type { SuiteOptions } from '../runner.ts'
import { appendCases } from './append-cases.ts'
import { baseCases } from './base-cases.ts'
import { cacheCases } from './cache-cases.ts'
import { closeCases } from './close-cases.ts'
import { fetchCases } from './fetch-cases.ts'
import { followCases } from './follow-cases.ts'
import { historyCases } from './history-cases.ts'
import { keptCases } from './kept-cases.ts'
import { maintenanceCases } from './maintenance-cases.ts'
import { refusalCases } from './refusal-cases.ts'
import { reopenCases } from './reopen-cases.ts'
import { retireCases } from './retire-cases.ts'
import { scrubCases } from './scrub-cases.ts'
import type { OpenStorage, StorageCase } from './trial.ts'
import { truncateCases } from './truncate-cases.ts'
import { writerCases } from './writer-cases.ts'

/** Every promise of the storage contract, for a runner that `testStorage` does not fit. */
export const storageCases: readonly StorageCase[] = [
  ...appendCases,
  ...refusalCases,
  ...fetchCases,
  ...followCases,
  ...writerCases,
  ...baseCases,
  ...truncateCases,
  ...closeCases,
  ...reopenCases,
  ...historyCases,
  ...maintenanceCases,
  ...cacheCases,
  ...keptCases,
  ...retireCases,
  ...scrubCases,
]

/**
 * Registers a test for every promise of the storage contract. `open` is called once a case and gives a fresh log each
 * time. Throws an `Error` when no test runner is given and none is global.
 */
export function testStorage(name: string, open: OpenStorage, options: SuiteOptions = {}): void {
  runCases(name, storageCases, open, options)
}
