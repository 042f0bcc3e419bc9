import { checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'

/** When an open store compares its indexes with the records by itself. */
export interface IndexCheckOptions {
  /** From the end of one pass to the beginning of the next; the first begins so long after the opening, an hour at most. 1 000 … 2 147 483 647, default 24 hours. */
  readonly everyMs?: number
}

export type IndexCheckSettings = Required<IndexCheckOptions>

const defaults: IndexCheckSettings = { everyMs: 86_400_000 }
const leastMs = 1_000
const mostMs = 2_147_483_647

/** The options with their defaults; `undefined` where the store is not to check by itself. `INVALID` for one out of its bounds. */
export function checkedIndexCheck(given: IndexCheckOptions | false = {}): IndexCheckSettings | undefined {
  if (given === false) return undefined
  if (typeof given !== 'object' || given === null)
    throw invalid(`expected indexCheck to be an object or false, found ${describe(given)}`)
  checkKeys(given, new Set(['everyMs']), 'indexCheck')
  const { everyMs } = { ...defaults, ...given }
  if (!Number.isSafeInteger(everyMs) || everyMs < leastMs || everyMs > mostMs)
    throw invalid(`expected indexCheck.everyMs from ${leastMs} to ${mostMs}, found ${describe(everyMs)}`)
  return { everyMs }
}
