import { checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'

/** When a store compacts itself, and how much of the machine it takes for it. */
export interface CompactionOptions {
  /** Share of the versions in base and log that newer ones have superseded, from which on it is time. 0 … 1, default 0.5. */
  readonly garbageRatio?: number
  /** A log behind the newest base that is smaller than this has no garbage worth the work. Bytes, default 4 MiB. */
  readonly minBytes?: number
  /** A log behind the newest base of this size, and no smaller than the base, is compacted whatever is in it. Bytes, default 256 MiB. */
  readonly maxBytes?: number
  /**
   * Segments behind the newest base from which on it is time: every opening for writing begins one. Where nobody kept the
   * store open long enough, the opening that finds four times as many compacts before it is done. 1 …, default 64.
   */
  readonly segments?: number
  /** So long after the last compaction, or the opening, it is time. 1 000 … 2 147 483 647, default 24 hours. */
  readonly intervalMs?: number
  /** Part of the time that compaction takes while anybody asks the store for anything. Above 0, to 1; default 0.25. */
  readonly share?: number
}

export type CompactionSettings = Required<CompactionOptions>

const defaults: CompactionSettings = {
  garbageRatio: 0.5,
  minBytes: 4_194_304,
  maxBytes: 268_435_456,
  segments: 64,
  intervalMs: 86_400_000,
  share: 0.25,
}

const ranges: Readonly<Record<keyof CompactionSettings, readonly [least: number, most: number]>> = {
  garbageRatio: [0, 1],
  minBytes: [0, Number.MAX_SAFE_INTEGER],
  maxBytes: [1, Number.MAX_SAFE_INTEGER],
  segments: [1, Number.MAX_SAFE_INTEGER],
  intervalMs: [1_000, 2_147_483_647],
  share: [0.01, 1],
}

const fractions: ReadonlySet<string> = new Set(['garbageRatio', 'share'])
const names: readonly (keyof CompactionSettings)[] = [
  'garbageRatio',
  'minBytes',
  'maxBytes',
  'segments',
  'intervalMs',
  'share',
]

/** The options with their defaults, and whether the store compacts itself at all. `INVALID` for one out of its bounds. */
export function checkedCompaction(
  given: CompactionOptions | false = {},
): CompactionSettings & { readonly auto: boolean } {
  if (given === false) return { ...defaults, auto: false }
  if (typeof given !== 'object' || given === null)
    throw invalid(`expected compaction to be an object or false, found ${describe(given)}`)
  checkKeys(given, new Set(names), 'compaction')
  const settings = { ...defaults, ...given }
  for (const name of names) {
    const value: unknown = settings[name]
    const [least, most] = ranges[name]
    const isNumber = fractions.has(name) ? typeof value === 'number' : Number.isSafeInteger(value)
    if (!isNumber || !(Number(value) >= least && Number(value) <= most))
      throw invalid(`expected compaction.${name} from ${least} to ${most}, found ${describe(value)}`)
  }
  return { ...settings, auto: true }
}
