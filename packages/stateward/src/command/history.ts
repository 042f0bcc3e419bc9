import type { Endpoint, LostCommits, Seq, StoredRecord, Version } from '@stateward/contract'
import { changeText, changeVerb } from './change-text.ts'
import { type Cli, examples } from './cli.ts'
import { paintVerb } from './commit-lines.ts'
import { lostText } from './lost-text.ts'
import type { Output } from './output.ts'
import { printable } from './printable.ts'
import { timeText } from './record-table.ts'
import { resolveId } from './resolve-id.ts'
import { tableLines } from './table.ts'

export function registerHistory({ program, run }: Cli): void {
  program
    .command('history')
    .description('Show every version of one record, oldest first.')
    .argument('<type>', 'its type')
    .argument('<id>', 'its id, or the last characters of it; of a deleted record too')
    .addHelpText(
      'after',
      examples([
        ['stateward history spec 91d2aa03', 'who changed what, and when'],
        ['stateward history spec 91d2aa03 --json', 'a line a version, each with the record as it was'],
      ]),
    )
    .action((type: string, given: string) =>
      run((session) =>
        session.read(async (state) => {
          const { output } = session
          const id = await resolveId(state, type, given, { deleted: true })
          const versions = versionsOf(state, type, id)
          if (!output.json) return output.lines(historyLines(await allOf(versions), output))
          let step = await versions.next()
          for (; !step.done; step = await versions.next()) await output.value(step.value)
          if (step.value !== undefined) await output.value({ lost: step.value })
        }),
      ),
    )
}

/** Every version; returns what is lost behind the last one. */
async function* versionsOf(
  endpoint: Endpoint,
  type: string,
  id: string,
): AsyncGenerator<Version, LostCommits | undefined> {
  let from: Seq | undefined
  let lost: LostCommits | undefined
  do {
    const body = { type, id, ...(from === undefined ? {} : { from }) }
    const page: { versions: readonly Version[]; next?: Seq; lost?: LostCommits } = await endpoint.ask('history', body)
    yield* page.versions
    from = page.next
    lost = page.lost
  } while (from !== undefined)
  return lost
}

interface History {
  readonly versions: readonly Version[]
  readonly lost: LostCommits | undefined
}

async function allOf(found: ReturnType<typeof versionsOf>): Promise<History> {
  const versions: Version[] = []
  let step = await found.next()
  for (; !step.done; step = await found.next()) versions.push(step.value)
  return { versions, lost: step.value }
}

/** The versions, and below them where there may have been more. */
function historyLines({ versions, lost }: History, output: Output): string[] {
  const gaps = versions.flatMap(({ change, lostBefore }) =>
    lostBefore === undefined ? [] : [`before rev ${change.rev}: ${lostText(lostBefore)}`],
  )
  const behind = lost === undefined ? [] : [`behind the last one: ${lostText(lost)}`]
  return [...versionLines(versions, output), ...[...gaps, ...behind].map((line) => output.paint.red(line))]
}

function versionLines(versions: readonly Version[], output: Output): string[] {
  const { paint, width } = output
  let before: StoredRecord | undefined
  const rows = versions.map(({ seq, timestamp, change, record, actor }) => {
    const isReturn = change.op === 'put' && before === undefined && change.rev > 1
    const verb = isReturn ? 'restore' : changeVerb(change)
    const text = changeText(change, before)
    before = record
    return [String(change.rev), String(seq), timeText(timestamp), printable(actor ?? ''), verb, text]
  })
  const columns = [
    { title: 'rev', align: 'right' as const, keep: 9 },
    { title: 'seq', align: 'right' as const, keep: 5 },
    { title: 'time', keep: 7, whole: true, paint: paint.dim },
    { title: 'by', keep: 6 },
    {
      title: 'what',
      keep: 8,
      paint: (verb: string) => paintVerb(output, verb === 'restore' ? 'create' : (verb as 'create'))(verb),
    },
    { title: 'change', keep: 10 },
  ]
  const isNamed = rows.some((row) => row[3] !== '')
  const shown = isNamed ? columns : columns.filter(({ title }) => title !== 'by')
  const cells = isNamed ? rows : rows.map((row) => row.filter((_, at) => at !== 3))
  return tableLines(shown, cells, { width, paintTitle: paint.bold })
}
