import type { Claim } from './claim.ts'

export type MachineRig =
  | 'kill-nine'
  | 'serializable-kills'
  | 'power-cut'
  | 'failing-sync'
  | 'full-disk'
  | 'lock-race'
  | 'failing-call'
  | 'planted-bugs'
  | 'sigterm'

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
  'serializable-kills': {
    claim:
      'sixty-four clients run random transactions in one process on real files, which is killed with SIGKILL at any moment and begun again: all its lives together are one history of transactions one after the other, in the order of their commits and of time, and what was answered is there',
    unit: 'kills',
    every: 10,
    nightly: 2_000,
    limits: 'some two hundred transactions a life; the kernel lives on',
    files: ['packages/stateward/test/kill-nine/serial-kills.test.ts'],
  },
  sigterm: {
    claim:
      'a process writes with 1, 8, 64 or 256 callers to one store or to six, and is told to end with SIGTERM at any moment, once or several times, with much time or none: every call is answered, the exit code is 0 just when all was settled, what was acknowledged is there, what was CLOSED is not, and the next opening has nothing to recover',
    unit: 'endings',
    every: 12,
    nightly: 1_000,
    limits: 'a disk that answers: one that hangs is looked at in single tests',
    files: ['packages/stateward/test/sigterm/sigterm.test.ts'],
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
  'failing-sync': {
    claim:
      'the device below a real ext4 runs out of room, so that fdatasync fails after write has succeeded: the writes on their way are UNKNOWN, the writer stops, and after a reopening and a power cut nothing acknowledged is missing',
    unit: 'failed syncs',
    every: 4,
    nightly: 50,
    limits:
      'needs Linux, root, loop devices and mkfs.ext4, and is skipped elsewhere; 1, 4, 32 or 128 callers; an ext4 without a journal may show old blocks after that, which is refused as CORRUPT',
    files: ['packages/storage-jsonl/test/machine/failing-sync.test.ts'],
  },
  'full-disk': {
    claim:
      'a disk of 1 MiB is filled: writes are FULL, reads go on, a base and a truncation make room, and writes are taken again. No line is torn, and nothing was acknowledged that is not there',
    unit: 'fillings',
    every: 20,
    nightly: 1_000,
    limits: 'needs Linux and root, to mount a tmpfs, and is skipped elsewhere; quotas are not looked at',
    files: ['packages/storage-jsonl/test/machine/full-disk.test.ts'],
  },
  'lock-race': {
    claim:
      'eight processes want to write at once, over stale LOCK files, and their holder is killed or stopped for as long as you like: never two get in, and never does a lock outlive its process',
    unit: 'races',
    every: 50,
    nightly: 5_000,
    limits:
      'flock of a local Linux file system; the pid file, network file systems and other systems have tests of their own or none',
    files: ['packages/storage-jsonl/test/machine/lock-race.test.ts'],
  },
  'failing-call': {
    claim:
      'the n-th write, fdatasync, fsync, rename, unlink or ftruncate of a real process kills it or fails with EIO or ENOSPC: what it was told is safe is there, nothing is there that it did not send, and the store opens',
    unit: 'failed calls',
    every: 60,
    nightly: 10_000,
    limits: 'needs strace and the right to trace, and is skipped elsewhere; the kernel lives on',
    files: ['packages/storage-jsonl/test/machine/failing-call.test.ts'],
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
