import type { Damage } from '@stateward/contract'
import type { MendedPlace } from './mend-segment.ts'

/** What became of one damaged file. */
export interface RepairedFile {
  readonly file: string
  /** Where the former file is kept; absent where nothing was written. */
  readonly keptIn?: string
  /** Runs of bad lines that were, or would be, mended: where they stand in the former file. */
  readonly mended: readonly MendedPlace[]
  /** Runs of bad lines that stay. */
  readonly left: readonly MendedPlace[]
  /** Whether the mended file is, byte for byte, what the manifest lists. */
  readonly isExact: boolean
}

/** What a repair found and did, or would do. */
export interface RepairReport {
  readonly id?: string
  readonly at: string
  readonly dryRun: boolean
  /** What is damaged before the repair; what a repair can do nothing about is among it. */
  readonly damage: readonly Damage[]
  readonly damagedLines: number
  /** `whole`; `corrected`: one bit of it, or its line feed, was mended; `rebuilt`: from the headers of the segments. */
  readonly manifest: 'whole' | 'corrected' | 'rebuilt'
  readonly files: readonly RepairedFile[]
  /** Unfinished files, which hold nothing of the log. */
  readonly leftovers: readonly string[]
  /** Whether nothing is damaged any more: with a dry run, whether a repair would leave nothing damaged. */
  readonly isWhole: boolean
}

/** The report of a repair for people, line by line. */
export function repairText(report: RepairReport, dir: string): string[] {
  const { dryRun, damagedLines, manifest, files, leftovers, isWhole } = report
  if (damagedLines === 0 && manifest === 'whole' && leftovers.length === 0) {
    return [`Nothing is damaged in ${dir}: there is nothing to repair.`]
  }
  return [
    dryRun ? `What a repair of ${dir} would do; nothing was changed.` : `${dir} was repaired.`,
    '',
    `damaged    ${counted(damagedLines, 'line')}`,
    `manifest   ${manifest}`,
    ...(leftovers.length > 0
      ? [
          `leftovers  ${counted(leftovers.length, 'unfinished file')} ${dryRun ? 'would be' : leftovers.length === 1 ? 'was' : 'were'} removed`,
        ]
      : []),
    ...files.flatMap((file) => ['', ...fileLines(file, dryRun)]),
    '',
    isWhole
      ? dryRun
        ? 'After it everything would hold.'
        : 'Everything holds.'
      : 'Something stays damaged: stateward salvage keeps what reads.',
  ]
}

function fileLines({ file, keptIn, mended, left, isExact }: RepairedFile, dryRun: boolean): string[] {
  return [
    file,
    ...mended.map(
      ({ byte, bytes, lines }) =>
        `  byte ${byte}, ${counted(bytes, 'byte')}: ${dryRun ? 'can be mended' : 'mended'}, ${counted(lines, 'line')}`,
    ),
    ...left.map(({ byte, bytes }) => `  byte ${byte}, ${counted(bytes, 'byte')}: not, or not in one way only`),
    ...(mended.length + left.length === 0
      ? ['  each of its lines holds, and yet it is not as it was: lines are gone, or it is another file']
      : []),
    ...(isExact ? ['  the result is byte for byte what the manifest lists'] : []),
    ...(keptIn === undefined ? [] : [`  the former file is kept in ${keptIn}`]),
  ]
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
