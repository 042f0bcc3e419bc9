import type { Damage, LostCommits } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import type { SalvagePlan, Step } from './salvage-plan.ts'

/** What became of one file. */
export interface SalvagedFile {
  readonly file: string
  /** Where all of its bytes are kept; absent where it was not there any more. */
  readonly keptIn?: string
  /** The file that holds what could be kept of it; absent where that is nothing. */
  readonly becomes?: string
  /** Lines that were kept. */
  readonly kept: number
  /** Lines that read and were left out, because they change versions that are lost; by seq, the first of them. */
  readonly orphans: readonly number[]
  /** Bytes that do not read, the first of them: where they are in `file`, and so in `keptIn`. */
  readonly bad: readonly { readonly byte: number; readonly bytes: number; readonly reason: string }[]
  readonly badRuns: number
}

/** What a salvage found and did. */
export interface SalvageReport {
  /** Names it: gap lines, `lost` and the files that it keeps bear this name. Absent where nothing is damaged. */
  readonly id?: string
  /** When, by the clock of that machine. */
  readonly at: string
  /** Whether nothing was written: this is what a salvage would do. */
  readonly dryRun: boolean
  readonly damage: readonly Damage[]
  readonly damagedLines: number
  readonly lost: readonly LostCommits[]
  readonly files: readonly SalvagedFile[]
  readonly notes: readonly string[]
}

/** Where the former file of a step is kept. */
export function keptName(id: string, file: string): string {
  return `quarantine/${id}.${file.replaceAll('/', '.')}`
}

export function fileReport(
  { file, step, id, isThere }: { file: string; step: Step | undefined; id: string; isThere: boolean },
  becomes: string | undefined,
): SalvagedFile {
  const named = isThere ? { file, keptIn: keptName(id, file) } : { file }
  if (step === undefined || step.kind === 'keep') return { ...named, kept: 0, orphans: [], bad: [], badRuns: 0 }
  const { good, orphans, bad } = step
  return {
    ...named,
    ...(becomes === undefined ? {} : { becomes }),
    kept: good.length,
    orphans: orphans.slice(0, bounds.reportedPlaces).map(({ seq }) => seq),
    bad: bad.slice(0, bounds.reportedPlaces).map(({ at, end, reason }) => ({ byte: at, bytes: end - at, reason })),
    badRuns: bad.length,
  }
}

export function emptyReport(at: string, dryRun: boolean): SalvageReport {
  return { at, dryRun, damage: [], damagedLines: 0, lost: [], files: [], notes: [] }
}

export function reportOf(
  { id, damage, lost, notes }: SalvagePlan,
  files: readonly SalvagedFile[],
  { at, dryRun }: { at: string; dryRun: boolean },
): SalvageReport {
  return { id, at, dryRun, damage: damage.named, damagedLines: damage.lines, lost, files, notes }
}
