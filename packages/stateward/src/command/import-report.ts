/** A line that was not taken in, and why. */
export interface Refusal {
  readonly line: number
  readonly code: string
  readonly message: string
}

/** What an import did. */
export interface ImportReport {
  /** Lines read. */
  lines: number
  created: number
  updated: number
  deleted: number
  /** Records that were there already, just so. */
  unchanged: number
  /** Empty lines, and those by which a storage talks to itself. */
  skipped: number
  refused: number
  /** The first of them. */
  readonly refusals: Refusal[]
  /** Whether an export is as it was written; absent where the input carries no checksum. */
  checksum?: 'ok' | 'differs'
  interrupted?: true
  dryRun?: true
}

const refusalsKept = 1_000

export function emptyReport(): ImportReport {
  return { lines: 0, created: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0, refused: 0, refusals: [] }
}

export function addRefusal(report: ImportReport, refusal: Refusal): void {
  report.refused++
  if (report.refusals.length < refusalsKept) report.refusals.push(refusal)
}
