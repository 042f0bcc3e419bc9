import { runCases } from '../case.ts'
import type { SuiteOptions } from '../runner.ts'
import { askingCases } from './asking-cases.ts'
import { bulkCases } from './bulk-cases.ts'
import { createCases } from './create-cases.ts'
import { cursorCases } from './cursor-cases.ts'
import { explainCases } from './explain-cases.ts'
import { feedCases } from './feed-cases.ts'
import { idCases } from './id-cases.ts'
import { includeCases } from './include-cases.ts'
import { inputCases } from './input-cases.ts'
import { liveCases } from './live-cases.ts'
import { modelCases } from './model-cases.ts'
import { pastCases } from './past-cases.ts'
import { queryCases } from './query-cases.ts'
import { referenceCases } from './reference-cases.ts'
import type { EndpointCase, OpenEndpoint } from './trial.ts'
import { uniqueCases } from './unique-cases.ts'
import { updateCases } from './update-cases.ts'
import { upkeepCases } from './upkeep-cases.ts'
import { versionCases } from './version-cases.ts'

/** Every promise of the endpoint contract, for a runner that `testEndpoint` does not fit. */
export const endpointCases: readonly EndpointCase[] = [
  ...createCases,
  ...updateCases,
  ...referenceCases,
  ...uniqueCases,
  ...bulkCases,
  ...inputCases,
  ...askingCases,
  ...queryCases,
  ...explainCases,
  ...includeCases,
  ...idCases,
  ...versionCases,
  ...pastCases,
  ...feedCases,
  ...cursorCases,
  ...liveCases,
  ...upkeepCases,
  ...modelCases,
]

/**
 * Registers a test for every promise of the endpoint contract. `open` is called once a case and gives an endpoint that
 * serves `conformanceDomain` over an empty store. Throws an `Error` when no test runner is given and none is global.
 */
export function testEndpoint(name: string, open: OpenEndpoint, options: SuiteOptions = {}): void {
  runCases(name, endpointCases, open, options)
}
