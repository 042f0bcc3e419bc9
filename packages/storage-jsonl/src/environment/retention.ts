import { StatewardError } from '@stateward/contract'

/**
 * What becomes of commits that a base covers. `all`: they move, compressed, into the archive. `none`: they go. `days`: a
 * part of the archive goes when its newest commit is so many days old. `versions`: of every record its newest so many
 * versions stay, and what they rest on.
 */
export type Retention = 'all' | 'none' | { readonly days: number } | { readonly versions: number }

export const dayMs = 86_400_000
const most = { days: 36_500, versions: 1_000_000 } as const

/** Throws `INVALID` for anything else. */
export function checkedRetention(given: Retention): Retention {
  if (given === 'all' || given === 'none') return given
  if (typeof given === 'object' && given !== null) {
    const entries: [string, unknown][] = Object.entries(given)
    const [name, value] = entries[0] ?? []
    const isKnown = entries.length === 1 && (name === 'days' || name === 'versions')
    if (isKnown && Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most[name]) return given
  }
  throw new StatewardError(
    'INVALID',
    `the option retention of jsonlStorage is all, none, { days: 1 to ${most.days} } or { versions: 1 to ${most.versions} }; got ${JSON.stringify(given)}.`,
  )
}
