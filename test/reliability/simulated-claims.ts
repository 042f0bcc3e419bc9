import type { Claim } from './claim.ts'

export type SimulatedRig = 'crash' | 'serializable'

/** Rigs that run on the simulated disk. */
export const simulatedClaims: Readonly<Record<SimulatedRig, Claim>> = {
  crash: {
    claim:
      'after a crash at any step, a second one inside recovery and power cuts, what was acknowledged is there, what is there is an exact prefix of what was given, and what was served once survives the next power cut',
    unit: 'recoveries',
    every: 1_000,
    nightly: 5_000_000,
    limits: 'a model of a disk that keeps its promises: one that lies about a sync is found out only at the next read',
    files: ['packages/storage-jsonl/test/simulated/crash.test.ts'],
  },
  serializable: {
    claim:
      'what 64 concurrent clients read and wrote in transactions is what they would have read and written one after the other, in the order of their commits; and whoever began after another was answered comes after it',
    unit: 'transactions',
    every: 4_000,
    nightly: 5_000_000,
    limits:
      'in one process, on a storage in memory whose appends take a random number of turns; transactions of at most eight reads and writes',
    files: ['packages/core/test/serializability.test.ts'],
  },
}
