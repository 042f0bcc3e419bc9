import type { Claim } from './claim.ts'

export type SimulatedRig =
  | 'bytes'
  | 'crash'
  | 'crash-retention'
  | 'cursors'
  | 'damaged-indexes'
  | 'faulty-disk'
  | 'line-fuzz'
  | 'many-stores'
  | 'claims'
  | 'model'
  | 'protocol-mutants'
  | 'query-differential'
  | 'repair'
  | 'salvage'
  | 'salvage-crash'
  | 'scrub'
  | 'serializable'

/** Rigs that run on the simulated disk. */
export const simulatedClaims: Readonly<Record<SimulatedRig, Claim>> = {
  crash: {
    claim:
      'after a crash at any step, a second one inside recovery and power cuts, what was acknowledged is there, what is there is an exact prefix of what was given, and what was served once survives the next power cut',
    unit: 'recoveries',
    every: 100_000,
    nightly: 5_000_000,
    limits: 'a model of a disk that keeps its promises: one that lies about a sync is found out only at the next read',
    files: [
      'packages/storage-jsonl/test/simulated/crash-1.test.ts',
      'packages/storage-jsonl/test/simulated/crash-2.test.ts',
    ],
  },
  'crash-retention': {
    claim:
      'the same where history is thinned out by days, versions or not kept at all: what retention owes is there after any crash',
    unit: 'recoveries',
    every: 1_000,
    nightly: 100_000,
    limits: 'the disk is that of the rig `crash`',
    files: ['packages/storage-jsonl/test/simulated/crash.test.ts'],
  },
  'protocol-mutants': {
    claim:
      'with any one step of the protocol left out (each sync, directory sync, rename, write, cut, removal) something is lost and the crash rig sees it, or a proof says why nothing can be',
    unit: 'mutants',
    every: 25,
    nightly: 300,
    limits: 'steps that a disk can leave out; checks that only the code can leave out are among the planted bugs',
    files: ['packages/storage-jsonl/test/simulated/mutants.test.ts'],
  },
  'faulty-disk': {
    claim:
      'whichever call of a workload fails (EIO, ENOSPC, EMFILE, a short write, a sync that leaves clean pages), also one that only reads, once or for good: every promise settles, what is refused is not in the log, a writer whose sync has failed has stopped, reads go on, and nothing acknowledged is lost by a kill, a power cut or going on',
    unit: 'failed calls',
    every: 2_000,
    nightly: 1_000_000,
    limits:
      'every call index of three workloads (appends; bases, archive and caches; reopenings); a disk that fails for good is repaired before it is read again',
    files: ['packages/storage-jsonl/test/simulated/faulty-disk.test.ts'],
  },
  'line-fuzz': {
    claim:
      'whatever is done to what lines are made of (tails, keys, numbers, quotes, braces, bytes that are no UTF-8, depth, doubled fields, headers, whole lines), also sealed again, no reader of lines, segments, manifests or caches breaks on it, and none believes a line that was not written',
    unit: 'mutations',
    every: 300_000,
    nightly: 100_000_000,
    limits:
      'a line that was sealed again is indistinguishable from one that was written; by a checksum of 32 bits, so is one of four thousand million others',
    files: ['packages/storage-jsonl/test/line-fuzz.test.ts'],
  },
  bytes: {
    claim:
      'with any one file of a store (log, base, archive, both manifests, LOCK, caches) cut at any byte, with any bit flipped, any sector zeroed, any line left out, doubled or swapped, no wrong data is served: it is all there, or the torn end is kept aside and reported, or the opening is refused with file, line and byte and changes nothing',
    unit: 'damaged stores',
    every: 100_000,
    nightly: 5_000_000,
    limits: 'one change at a time; what was not proven durable when the process died may be called torn',
    files: [
      'packages/storage-jsonl/test/simulated/bytes-1.test.ts',
      'packages/storage-jsonl/test/simulated/bytes-2.test.ts',
    ],
  },
  salvage: {
    claim:
      'whatever bit of a log flips, an opening refuses it, or serves its exact beginning and writes nothing, or salvages every commit that is not damaged and rests on none that is, and says what is lost',
    unit: 'flipped bits',
    every: 250,
    nightly: 1_000_000,
    limits: 'one small log in one segment; other files and other damage are single tests beside it',
    files: ['packages/storage-jsonl/test/simulated/salvage.test.ts'],
  },
  'salvage-crash': {
    claim:
      'a crash at any step of a salvage, a second one and power cuts leave the damaged log byte for byte, or the salvaged one, and the next salvage ends where this one would have',
    unit: 'crashes',
    every: 150,
    nightly: 1_000_000,
    limits: 'the disk is that of the rig `crash`',
    files: ['packages/storage-jsonl/test/simulated/salvage.test.ts'],
  },
  repair: {
    claim: 'every single flipped bit of a log is found and restored, byte for byte',
    unit: 'flipped bits',
    every: 1_000,
    nightly: 2_000_000,
    limits: 'one bit a line; what two bits, or more, have done is left as it is and reported',
    files: ['packages/storage-jsonl/test/simulated/repair.test.ts'],
  },
  scrub: {
    claim:
      'what is complete of an open log is read again without one false alarm, whatever the store does meanwhile (commits, rotation, bases, archives, retention); and a bit that rots while the store is open is found, in its file and line',
    unit: 'histories',
    every: 20,
    nightly: 100_000,
    limits:
      'what the system still holds in its page cache is read from there; the medium itself is read when it does not',
    files: ['packages/storage-jsonl/test/simulated/scrub.test.ts'],
  },
  serializable: {
    claim:
      'what 64 concurrent clients read and wrote in transactions is what they would have read and written one after the other, in the order of their commits, also when the process dies under them again and again: what was answered is there; and whoever began after another was answered comes after it',
    unit: 'transactions',
    every: 200_000,
    nightly: 5_000_000,
    limits:
      'in one process, on a storage in memory whose appends take a random number of turns; a crash there loses or keeps an append that was on its way, and tears none; transactions of at most six reads and writes',
    files: ['packages/core/test/serializability.test.ts'],
  },
  cursors: {
    claim:
      'a consumer of a durable cursor that is killed at any step of the disk, with a power cut behind it, is taken up where it was: each change takes effect exactly once, and what was acknowledged is not told again',
    unit: 'kills',
    every: 20,
    nightly: 20_000,
    limits:
      'one consumer at a time, whose effect is in the same store and the same commit as its position; the disk is that of the rig `crash`',
    files: ['packages/stateward/test/cursor-crashes.test.ts'],
  },
  'damaged-indexes': {
    claim:
      'an index that was damaged at random and found out by a check is not asked any more: pages, counts and groups are those of a scan of all records, and say `degraded` where it would have been asked; writes go on while it is built again, and then it holds what the records say',
    unit: 'histories',
    every: 20,
    nightly: 200_000,
    limits:
      'damage is what nobody has told the index: entries missing, misplaced or exchanged, and all gone; until a check has seen it, answers rest on it',
    files: ['packages/core/test/damaged-indexes.test.ts'],
  },
  'query-differential': {
    claim:
      'whatever type, history and query: the rows by the plan that is chosen, page by page, are those of a scan without any index and those that the words of the query language give; so are counts and groups; and behind random damage to indexes that a check has found they are the same, and say `degraded` where an index that lies would have been asked',
    unit: 'queries',
    every: 100_000,
    nightly: 20_000_000,
    limits:
      'at most 17 records of one type, on a storage in memory; a query counts once in each state in which its answers are compared; the limits of `damaged-indexes` hold for damage',
    files: ['packages/core/test/differential/differential.test.ts'],
  },
  claims: {
    claim:
      'however workers claim, beat, pause, die and come back under the same name, and however the clock is set: a target is taken from a holder, or the claim ended under it, only when its time is up, tokens only grow, none is given twice, and no write by a token is in the log that did not hold the target at that commit',
    unit: 'claims',
    every: 4_000,
    nightly: 1_000_000,
    limits:
      'each history in one process, on a storage in memory; twelve workers, eight specs, histories of 200 rounds, time stands still within a round',
    files: ['packages/stateward/test/work/claims-1.test.ts', 'packages/stateward/test/work/claims-2.test.ts'],
  },
  model: {
    claim:
      'any history of writes, transactions, queries, snapshots, compactions, reopenings, crashes, power cuts, failed syncs, full disks, clocks set back and forth, and calls sent again by their txid when nobody knew what had become of them leaves a store that equals a plain Map: after a crash at an exact prefix of its commits with all in it that was acknowledged',
    unit: 'histories',
    every: 5_000,
    nightly: 1_000_000,
    limits:
      'at most 13 steps over ten ids, and at most 4 in seven of eight histories, with segments of 4 KiB; the records are looked at in the end of all, history, indexes and checksums behind a reopening in the end of one in four; the disk is that of the rig `crash`',
    files: ['packages/stateward/test/model/store-model.test.ts'],
  },
  'many-stores': {
    claim:
      'many stores of one process, four or twelve of them open at a time, are used at random, passivated and woken, and the process dies in the middle, half of the times with the power: without a crash every use is answered, what was acknowledged is in its store and nothing is that was not sent to it, never are more open than may be, none is opened twice at a time, and none is closed under a call',
    unit: 'uses',
    every: 300,
    nightly: 1_000_000,
    limits: '24 stores in histories of 100 uses; the disk is that of the rig `crash`',
    files: ['packages/stateward/test/stores/many-stores.test.ts'],
  },
}
