import { basename } from 'node:path'
import type { Claim } from './claim.ts'
import { claims } from './claims.ts'
import { spaced } from './counts-table.ts'
import { replayOf } from './replay.ts'

/** What the last runs of each scale counted. */
export interface LastCounts {
  readonly every: Readonly<Record<string, number>>
  readonly nightly: Readonly<Record<string, number>>
}

const start = '<!-- counts: written by `npm run reliability` -->\n'
const end = '<!-- /counts -->'
const never = 'not yet'

/** The page with its table as the claims and these counts have it. */
export function withTable(page: string, counts: LastCounts): string {
  const [before, rest = ''] = page.split(start)
  const after = rest.split(end)[1] ?? ''
  return `${before}${start}${table(counts)}${end}${after}`
}

/** The counts that a page holds. */
export function countsIn(page: string): LastCounts {
  const counts = { every: new Map<string, number>(), nightly: new Map<string, number>() }
  for (const [, id = '', every = '', nightly = ''] of page.matchAll(rowPattern)) {
    if (every !== never) counts.every.set(id, numberOf(every))
    if (nightly !== never) counts.nightly.set(id, numberOf(nightly))
  }
  return { every: Object.fromEntries(counts.every), nightly: Object.fromEntries(counts.nightly) }
}

const rowPattern = /^\| `([\w-]+)` \|.*\| [\d ]+ \/ ([\d ]+|not yet) \| [\d ]+ \/ ([\d ]+|not yet) \|.*\|$/gm

function table(counts: LastCounts): string {
  const rows = Object.entries(claims).map(([id, claim]) => row(id, claim, counts))
  return [
    '| rig | claim | counted | every run: at least / last run | nightly: at least / last run | limits | test and replay |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function row(id: string, { claim, unit, every, nightly, limits, files }: Claim, counts: LastCounts): string {
  const count = (least: number, last: number | undefined): string =>
    `${spaced(least)} / ${last === undefined ? never : spaced(last)}`
  const tests = files.map((file) => `[${basename(file)}](${file})`).join(', ')
  const cells = [
    `\`${id}\``,
    claim,
    unit,
    count(every, counts.every[id]),
    count(nightly, counts.nightly[id]),
    limits,
    `${tests}; \`${replayOf(id, files[0])}\``,
  ]
  return `| ${cells.join(' | ')} |`
}

const numberOf = (text: string): number => Number(text.replaceAll(' ', ''))
