import type { Claim } from './claim.ts'

export type MachineRig = 'kill-nine' | 'power-cut' | 'planted-bugs'

/** Rigs that need a real machine: processes, file systems, signals. */
export const machineClaims: Readonly<Record<MachineRig, Claim>> = {
  'kill-nine': {
    claim:
      'a process writes with 1, 8, 64 or 256 callers, compacts, closes and opens again, and is killed with SIGKILL at any moment. What it was told is safe is there, nothing is there that was not sent, no transaction is half there, and every checksum holds',
    unit: 'kills',
    every: 200,
    nightly: 10_000,
    limits: 'the kernel lives on: what is lost with the power, `power-cut` and `crash` look at',
    files: ['packages/stateward/test/kill-nine/kill-nine.test.ts'],
  },
  'power-cut': {
    claim:
      'a writer works on a real ext4, and the power is cut: the blocks of its device are copied in the middle of it, mounted, and opened. What was acknowledged at the level commit before the copy is there, what is there is an exact prefix, and what was served once survives the next power cut',
    unit: 'power cuts',
    every: 100,
    nightly: 2_000,
    limits:
      'needs Linux, root, loop devices and mkfs.ext4, and is skipped elsewhere; the writer is held while the blocks are copied, so that no block is newer than the one copied before it; ext4 only',
    files: ['packages/storage-jsonl/test/machine/power-cut-image.test.ts'],
  },
  'planted-bugs': {
    claim:
      'bugs of the kinds that logs have had are planted in the source one by one, and each is found by every layer of tests that the matrix below names',
    unit: 'bugs',
    every: 35,
    nightly: 35,
    limits: 'on every run a bug is shown to the layers that are known to find it; at night to all of them',
    files: ['packages/stateward/test/planted/planted.test.ts'],
  },
}
