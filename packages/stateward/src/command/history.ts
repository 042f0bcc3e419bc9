import type { Endpoint, Seq, StoredRecord, Version } from '@stateward/contract'
import { changeText, changeVerb } from './change-text.ts'
import { type Cli, examples } from './cli.ts'
import { paintVerb } from './commit-lines.ts'
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
          if (!output.json) return output.lines(versionLines(await allOf(state, type, id), output))
          for await (const version of versionsOf(state, type, id)) await output.value(version)
        }),
      ),
    )
}

async function* versionsOf(endpoint: Endpoint, type: string, id: string): AsyncGenerator<Version> {
  let from: Seq | undefined
  do {
    const body = { type, id, ...(from === undefined ? {} : { from }) }
    const page: { versions: readonly Version[]; next?: Seq } = await endpoint.ask('history', body)
    yield* page.versions
    from = page.next
  } while (from !== undefined)
}

async function allOf(endpoint: Endpoint, type: string, id: string): Promise<Version[]> {
  const versions: Version[] = []
  for await (const version of versionsOf(endpoint, type, id)) versions.push(version)
  return versions
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
