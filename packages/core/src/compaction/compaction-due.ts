import type { LogStats } from '@stateward/contract'
import type { CompactionSettings } from './compaction-options.ts'

/** What is known of a store when it is asked whether to compact it. */
export interface CompactionFacts {
  readonly stats: LogStats
  /** Versions of records in the base and the log behind it, deletions too, and how many of them are the newest ones. */
  readonly versions: number
  readonly newest: number
  /** Since the last compaction, or the opening. */
  readonly elapsedMs: number
}

export type DueCause = 'garbage' | 'size' | 'segments' | 'interval'

/** Why it is time to compact; `undefined` while it is not. */
export function compactionDue(facts: CompactionFacts, settings: CompactionSettings): DueCause | undefined {
  const { stats, versions, newest, elapsedMs } = facts
  // A storage that does not tell what an opening reads has it all in one part.
  const { logBytes, baseBytes, logSegments } = stats.opening ?? { logBytes: stats.bytes, baseBytes: 0, logSegments: 1 }
  const garbage = versions === 0 ? 0 : 1 - newest / versions
  if (garbage > 0 && garbage >= settings.garbageRatio && logBytes >= settings.minBytes) return 'garbage'
  // No smaller than the base, so that what is written again and again stays in proportion to what was written.
  if (logBytes >= settings.maxBytes && logBytes >= baseBytes) return 'size'
  if (logSegments >= settings.segments) return 'segments'
  return elapsedMs >= settings.intervalMs ? 'interval' : undefined
}
