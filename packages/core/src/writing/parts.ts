import { type Caps, type Durability, durabilityLevels } from '@stateward/contract'
import type { DecidedCommit, DecidedWrite } from '../deciding/decided.ts'

/** What the storage takes at once. */
export interface Part {
  readonly commits: readonly DecidedCommit[]
  readonly durability: Durability
  /** The writes that have a commit in this part. */
  readonly writes: readonly DecidedWrite[]
  /** Those of them whose last commit is in this part. */
  readonly ends: readonly DecidedWrite[]
}

/** So many changes are taken into memory at once: a tenth of a millisecond or two. */
const changesAtOnce = 8

/** Cuts the commits of some writes, in order, into what the storage takes at once; each part at the highest level asked in it. */
export function partsOf(writes: readonly DecidedWrite[], { maxBatchBytes, maxBatchRecords }: Caps): readonly Part[] {
  const parts: Part[] = []
  let commits: DecidedCommit[] = []
  let begun = new Set<DecidedWrite>()
  let ends: DecidedWrite[] = []
  let durability: Durability = 'none'
  let bytes = 0
  const close = (): void => {
    if (commits.length > 0) parts.push({ commits, durability, writes: [...begun], ends })
    commits = []
    begun = new Set()
    ends = []
    durability = 'none'
    bytes = 0
  }
  for (const write of writes) {
    for (const commit of write.commits) {
      if (commits.length === maxBatchRecords || bytes + commit.bytes.byteLength > maxBatchBytes) close()
      commits.push(commit)
      begun.add(write)
      bytes += commit.bytes.byteLength
      if (durabilityLevels.indexOf(write.durability) > durabilityLevels.indexOf(durability))
        durability = write.durability
    }
    ends.push(write)
  }
  close()
  return parts
}

/** Behind the commits that are taken in at once, from this one on: at least one. */
export function endOfFew(commits: readonly DecidedCommit[], from: number): number {
  let changes = 0
  let to = from
  while (to < commits.length && changes < changesAtOnce) changes += Math.max(1, commits[to++]?.changes.length ?? 0)
  return to
}
