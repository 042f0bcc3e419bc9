import type { Bug } from './bug.ts'

/** Bugs of opening: what is believed and should not be, or is thrown away. */
export const bugsOfRecovery: readonly Bug[] = [
  {
    name: 'takes a line without a checksum for one of an older program',
    file: 'storage-jsonl/src/format/line.ts',
    find: "    return 'no sealed line: it does not end with a checksum'\n",
    replace:
      '    return { bodyEnd: end - 1, seq: Number(/"seq":(\\d+)/.exec(bytes.toString("latin1", start, end))?.[1] ?? 1), dur: -1 }\n',
    foundBy: ['bytes'],
  },
  {
    name: 'does not look whether the checksum matches',
    file: 'storage-jsonl/src/format/line.ts',
    find: 'if (written === undefined || written !== checksum(bytes.subarray(start, crcAt)))',
    replace: 'if (written === undefined)',
    foundBy: ['bytes'],
  },
  {
    name: 'skips lines that do not read',
    like: 'nedb #92',
    file: 'storage-jsonl/src/scanning/classify.ts',
    find: "  return isTorn(firstBad) ? 'torn' : 'corrupt'\n",
    replace: "  return 'torn'\n",
    foundBy: ['bytes'],
  },
  {
    name: 'cuts what a later line proves',
    file: 'storage-jsonl/src/scanning/classify.ts',
    find: "  if (Math.max(provenBehind, known) > lastSeq) return 'corrupt'\n",
    replace: '',
    foundBy: ['bytes'],
  },
  {
    name: 'calls a sector that was never written damage, and does not start',
    like: 'etcd #6379',
    file: 'storage-jsonl/src/scanning/classify.ts',
    find: 'return !hasLineFeed || hasZeroSector',
    replace: 'return !hasLineFeed',
    crash: { seed: 1, from: 16 },
    foundBy: ['crash'],
  },
  {
    name: 'trusts a tail that nothing proves, and does not write it again',
    file: 'storage-jsonl/src/recovery/assess-segment.ts',
    find: 'const proven = known >= lastSeq ? { seq: lastSeq, byte: scan.commitEnd } : scan.proven',
    replace: 'const proven = { seq: lastSeq, byte: scan.commitEnd }',
    crash: { seed: 1, from: 16 },
    foundBy: ['crash'],
  },
  {
    name: 'cuts before it keeps',
    file: 'storage-jsonl/src/recovery/recover.ts',
    find: '  const quarantined: Quarantined[] = []\n',
    replace:
      '  const quarantined: Quarantined[] = []\n  for (const cut of recovery.cuts) await cutFile(environment, dir, cut)\n',
    crash: { seed: 1, from: 48 },
    foundBy: ['crash'],
  },
  {
    name: 'does not sync what it keeps aside',
    file: 'storage-jsonl/src/recovery/quarantine.ts',
    find: '    await copy.datasync()\n',
    replace: '',
    crash: { seed: 1, from: 48 },
    foundBy: ['crash'],
  },
  {
    name: 'does not raise the epoch',
    file: 'storage-jsonl/src/recovery/assess.ts',
    find: 'epoch: manifest.epoch + 1,',
    replace: 'epoch: manifest.epoch,',
    foundBy: ['lock'],
  },
  {
    name: 'accepts a gap in the numbers',
    file: 'storage-jsonl/src/scanning/scan.ts',
    find: 'if (this.#next !== undefined && tail.seq !== this.#next) {',
    replace: 'if (this.#next !== undefined && tail.seq < 0) {',
    foundBy: ['bytes'],
  },
  {
    name: 'accepts a segment of another log',
    file: 'storage-jsonl/src/recovery/assess-history.ts',
    find: 'if (header.log !== manifest.log) return',
    replace: 'if (manifest.log === "") return',
    foundBy: ['bytes'],
  },
  {
    name: 'throws away segments that are newer than the manifest',
    file: 'storage-jsonl/src/recovery/assess-leftovers.ts',
    find: 'if (header.salvage !== undefined || scan.lastHeld <= lastSeq) return undefined',
    replace: 'if (lastSeq >= 0) return undefined',
    foundBy: ['bytes'],
  },
]
