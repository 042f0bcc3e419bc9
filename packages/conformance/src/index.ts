export type { Case } from './case.ts'
export { type ConformanceEntities, conformanceDomain } from './endpoint/conformance-domain.ts'
export { endpointCases, testEndpoint } from './endpoint/endpoint-suite.ts'
export type { EndpointCase, OpenEndpoint, OpenedEndpoint } from './endpoint/trial.ts'
export { indexCases, testIndex } from './index-plugin/index-suite.ts'
export type { IndexCase, OpenedIndex, OpenIndex } from './index-plugin/index-trial.ts'
export type { Runner, SuiteOptions } from './runner.ts'
export { seededPick } from './simulated/seeded-pick.ts'
export { SimClock } from './simulated/sim-clock.ts'
export { beside, boot, SimDisk } from './simulated/sim-disk.ts'
export type { Pick } from './simulated/sim-file.ts'
export { SimFile } from './simulated/sim-file.ts'
export { simMachine } from './simulated/sim-machine.ts'
export {
  Died,
  failure,
  type SimCall,
  type SimFault,
  SimMedium,
  type SimOperation,
  type SimStep,
} from './simulated/sim-medium.ts'
export { storageCases, testStorage } from './storage/storage-suite.ts'
export type { OpenedStorage, OpenStorage, StorageCase } from './storage/trial.ts'
