/** A file that was edited by hand. */
export interface ResealedFile {
  readonly file: string
  /** Where the file as it was edited is kept; absent where nothing was written. */
  readonly keptIn?: string
  /** The commits that it holds, as they are numbered now. */
  readonly firstSeq: number
  readonly lastSeq: number
  /** Lines whose seal does not hold, by number; of a plain file, whose lines have none, empty. */
  readonly edited: readonly number[]
}

/** What a resealing found and did, or would do. */
export interface ResealReport {
  /** Absent where nothing was written. */
  readonly id?: string
  readonly at: string
  readonly dryRun: boolean
  readonly files: readonly ResealedFile[]
}

const shown = 10

/** The report of a resealing for people, line by line. */
export function resealText({ files, dryRun }: ResealReport, dir: string): string[] {
  if (files.length === 0) return [`Nothing was edited in ${dir}: there is nothing to reseal.`]
  return [
    dryRun ? `What a resealing of ${dir} would do; nothing was changed.` : `${dir} was resealed.`,
    ...files.flatMap(({ file, keptIn, firstSeq, lastSeq, edited }) => [
      '',
      file,
      `  every line is one of a log; it holds the commits ${firstSeq} to ${lastSeq}`,
      ...(edited.length === 0
        ? []
        : [
            `  lines whose seal does not hold: ${edited.slice(0, shown).join(', ')}${edited.length > shown ? ' …' : ''}`,
          ]),
      ...(keptIn === undefined ? [] : [`  the file as it was edited is kept in ${keptIn}`]),
    ]),
  ]
}
