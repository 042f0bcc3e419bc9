import type { LostCommits } from '@stateward/contract'
import type { SalvagedFile, SalvageReport } from './salvage-report.ts'

const shown = 20
const columns = 80

/** The report of a salvage for people, line by line. */
export function salvageText(report: SalvageReport, dir: string): string[] {
  const { id, at, dryRun, damagedLines, lost, files, notes } = report
  if (id === undefined) return [`Nothing is damaged in ${dir}: there is nothing to salvage.`]
  return [
    dryRun ? `What a salvage of ${dir} would do; nothing was changed.` : `${id}: ${dir} was salvaged at ${at}.`,
    '',
    `damaged    ${counted(damagedLines, 'place')}`,
    ...lostLines(lost),
    ...files.flatMap((file) => ['', ...fileLines(file, dryRun)]),
    ...notes.flatMap((note) => ['', ...wrapped(note)]),
  ]
}

function lostLines(lost: readonly LostCommits[]): string[] {
  if (lost.length === 0) return ['lost       no commit']
  const count = lost.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const ranges = lost.slice(0, shown).map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`))
  const others = lost.length > shown ? [`           and ${lost.length - shown} more ranges`] : []
  return [`lost       ${counted(count, 'commit')}: seq`, ...ranges.map((range) => `           ${range}`), ...others]
}

function fileLines({ file, keptIn, becomes, kept, orphans, bad, badRuns }: SalvagedFile, dryRun: boolean): string[] {
  const verb = (count: number): string => (dryRun ? 'would be' : count === 1 ? 'was' : 'were')
  const more = badRuns - Math.min(bad.length, shown)
  return [
    file,
    ...(keptIn === undefined ? ['  is not there any more'] : [`  all its bytes ${verb(2)} kept in ${keptIn}`]),
    ...(becomes === undefined ? [] : [`  what reads of it is in ${becomes}`]),
    `  ${counted(kept, 'line')} ${verb(kept)} kept`,
    ...(orphans.length === 0
      ? []
      : [
          `  ${counted(orphans.length, 'commit')} left out, which change versions that are lost:`,
          `    seq ${orphans.slice(0, shown).join(', ')}${orphans.length > shown ? ' …' : ''}`,
        ]),
    ...bad.slice(0, shown).map(({ byte, bytes, reason }) => `  byte ${byte}, ${counted(bytes, 'byte')}: ${reason}`),
    ...(more > 0 ? [`  and ${more} more places`] : []),
  ]
}

/** Words in lines that fit a terminal; a word that is longer stands alone. */
function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= columns) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
