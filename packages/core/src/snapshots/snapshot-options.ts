import { limits } from '@stateward/contract'
import { bounded } from '../validation/bounded.ts'
import { checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import type { SnapshotSettings } from './snapshots.ts'

/** How old a snapshot may grow. */
export interface SnapshotOptions {
  /** After so long the event `snapshot` says `old`: perhaps somebody forgot to close it. 1 … 2 147 483 647, default 5 minutes. */
  readonly warnMs?: number
  /** After so long it is closed, and reads of it are `NOT_FOUND`. 1 … 2 147 483 647, default an hour. */
  readonly maxAgeMs?: number
}

const names = new Set(['warnMs', 'maxAgeMs'])
/** The longest that a timer waits. */
const mostMs = 2_147_483_647

export function checkedSnapshots(given: SnapshotOptions = {}): SnapshotSettings {
  if (typeof given !== 'object' || given === null)
    throw invalid(`expected snapshots to be an object, found ${describe(given)}`)
  checkKeys(given, names, 'snapshots')
  const { warnMs = limits.snapshotWarnMs, maxAgeMs = limits.snapshotMaxAgeMs } = given
  return { warnMs: within('warnMs', warnMs), maxAgeMs: within('maxAgeMs', maxAgeMs) }
}

function within(name: string, ms: number): number {
  if (bounded(`snapshots.${name}`, ms) <= mostMs) return ms
  throw invalid(`expected snapshots.${name} to be at most ${mostMs}, found ${ms}`)
}
