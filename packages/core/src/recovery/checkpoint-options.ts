import { bounded } from '../validation/bounded.ts'
import { checkFlag, checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import type { CheckpointSettings } from './checkpoints.ts'

/** When the state is saved beside the log, so that the next opening need not read all of it. */
export interface CheckpointOptions {
  /** So many changes that are in no checkpoint are worth one when the store is closed, and after a compaction. 1 …, default 1 000. */
  readonly atClose?: number
  /** The same while the store is open, counted in commits, or an eighth of its records where that is more. 1 …, default 65 536. */
  readonly whileOpen?: number
  /**
   * Whether the rest of a checkpoint is read a second after the opening, so that the first write need not wait for it. Default `false`: it is
   * read when it is needed, by the first write at the latest; a store of which some records are read takes the memory of those.
   */
  readonly readAhead?: boolean
}

const names = new Set(['atClose', 'whileOpen', 'readAhead'])

/** The options with their defaults; `undefined` where no checkpoint is wanted. `INVALID` for one out of its bounds. */
export function checkedCheckpoints(given: CheckpointOptions | false = {}): CheckpointSettings | undefined {
  if (given === false) return undefined
  if (typeof given !== 'object' || given === null)
    throw invalid(`expected checkpoints to be an object or false, found ${describe(given)}`)
  checkKeys(given, names, 'checkpoints')
  checkFlag('checkpoints.readAhead', given.readAhead)
  return {
    atClose: bounded('checkpoints.atClose', given.atClose ?? 1_000),
    whileOpen: bounded('checkpoints.whileOpen', given.whileOpen ?? 65_536),
    readAhead: given.readAhead ?? false,
  }
}
