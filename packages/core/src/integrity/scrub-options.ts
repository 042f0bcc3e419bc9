import { checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'

/** When an open store reads again what is complete of its log, to find what the medium has not kept. */
export interface ScrubbingOptions {
  /** From the beginning of one pass to that of the next; the first begins ten seconds after the opening. 1 000 … 2 147 483 647, default 24 hours. */
  readonly everyMs?: number
  /** How fast it reads, at most. 1 024 …, default 4 MiB: about a twenty-fifth of one core. */
  readonly bytesPerSecond?: number
}

export type ScrubSettings = Required<ScrubbingOptions>

const defaults: ScrubSettings = { everyMs: 86_400_000, bytesPerSecond: 4_194_304 }

const ranges: Readonly<Record<keyof ScrubSettings, readonly [least: number, most: number]>> = {
  everyMs: [1_000, 2_147_483_647],
  bytesPerSecond: [1_024, Number.MAX_SAFE_INTEGER],
}

/** The options with their defaults; `undefined` where nothing is to be read again. `INVALID` for one out of its bounds. */
export function checkedScrub(given: ScrubbingOptions | false = {}): ScrubSettings | undefined {
  if (given === false) return undefined
  if (typeof given !== 'object' || given === null)
    throw invalid(`expected scrub to be an object or false, found ${describe(given)}`)
  const names = ['everyMs', 'bytesPerSecond'] as const
  checkKeys(given, new Set(names), 'scrub')
  const settings = { ...defaults, ...given }
  for (const name of names) {
    const value: unknown = settings[name]
    const [least, most] = ranges[name]
    if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > most)
      throw invalid(`expected scrub.${name} from ${least} to ${most}, found ${describe(value)}`)
  }
  return settings
}
