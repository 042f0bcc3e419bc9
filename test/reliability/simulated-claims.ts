import type { Claim } from './claim.ts'

export type SimulatedRig = 'crash'

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
}
