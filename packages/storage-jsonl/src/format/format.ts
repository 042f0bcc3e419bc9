/** The version of the files, in every segment's header and in the manifest. */
export interface Format {
  readonly major: number
  readonly minor: number
  /** Names of things a reader must know to read the files rightly. */
  readonly incompat: readonly string[]
}

/** What this package writes. */
export const format: Format = { major: 1, minor: 0, incompat: [] }

/** Why files of this version cannot be read here, or `undefined` when they can: a higher `minor` is no reason. */
export function whyUnreadable(found: Format): string | undefined {
  if (found.major !== format.major)
    return `format ${found.major}.${found.minor}, where this version reads ${format.major}.x`
  const unknown = found.incompat.filter((flag) => !format.incompat.includes(flag))
  return unknown.length === 0 ? undefined : `the format flags ${unknown.join(', ')}, which this version does not know`
}

/** A format as it stands in JSON, or `undefined` when it is none. */
export function parseFormat(value: unknown): Format | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { major, minor, incompat } = value as Partial<Record<keyof Format, unknown>>
  if (!Number.isSafeInteger(major) || !Number.isSafeInteger(minor) || !Array.isArray(incompat)) return undefined
  if (!incompat.every((flag) => typeof flag === 'string')) return undefined
  return { major: Number(major), minor: Number(minor), incompat }
}
