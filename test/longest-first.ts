import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from '../scripts/workspace.mjs'

/**
 * Seconds that a test file takes on a quiet machine, where they are more than a few. A number that is out of date costs
 * seconds at the end of a run, in which one core waits for the other, and nothing else.
 */
const seconds: Readonly<Record<string, number>> = {
  'apps/bench/test/every-workload.test.ts': 23,
  'apps/demo/test/demo.test.ts': 15,
  'apps/examples/custom-storage/test/sqlite-storage.test.ts': 8,
  'apps/examples/issue-tracker/test/real-history.test.ts': 16,
  'packages/core/test/serializability.test.ts': 130,
  'packages/stateward/test/endpoint-suite.test.ts': 12,
  'packages/stateward/test/kill-nine/kill-nine.test.ts': 61,
  'packages/stateward/test/model/store-model.test.ts': 110,
  'packages/stateward/test/planted/planted.test.ts': 46,
  'packages/stateward/test/process.test.ts': 8,
  'packages/stateward/test/retention.test.ts': 15,
  'packages/storage-jsonl/test/conformance.test.ts': 20,
  'packages/storage-jsonl/test/line-fuzz.test.ts': 21,
  'packages/storage-jsonl/test/machine/failing-call.test.ts': 18,
  'packages/storage-jsonl/test/machine/lock-race.test.ts': 11,
  'packages/storage-jsonl/test/machine/power-cut-image.test.ts': 13,
  'packages/storage-jsonl/test/planted-files.test.ts': 7,
  'packages/storage-jsonl/test/processes.test.ts': 7,
  'packages/storage-jsonl/test/simulated/bytes-1.test.ts': 58,
  'packages/storage-jsonl/test/simulated/bytes-2.test.ts': 58,
  'packages/storage-jsonl/test/simulated/crash-1.test.ts': 61,
  'packages/storage-jsonl/test/simulated/crash-2.test.ts': 61,
  'packages/storage-jsonl/test/simulated/crash.test.ts': 9,
  'packages/storage-jsonl/test/simulated/damage.test.ts': 8,
  'packages/storage-jsonl/test/simulated/faulty-disk.test.ts': 16,
  'packages/storage-jsonl/test/simulated/mutants.test.ts': 16,
  'packages/storage-jsonl/test/simulated/retention.test.ts': 8,
}

/**
 * Starts the longest files first, so that all cores end at the same time, and the others one project after the other:
 * files of one project that follow each other share a process, and with it the modules that they import.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const secondsOf = ({ moduleId }: TestSpecification): number => seconds[relative(root, moduleId)] ?? 0
    return (await super.sort(files)).sort((left, right) => secondsOf(right) - secondsOf(left))
  }
}
