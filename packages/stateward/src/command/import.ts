import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { State } from '@stateward/core'
import { type Cli, examples } from './cli.ts'
import { csvEntries } from './csv-entries.ts'
import { exitCodes } from './exit-code.ts'
import type { ImportEntry } from './import-entry.ts'
import type { ImportReport } from './import-report.ts'
import { importAll } from './importer.ts'
import { unreadable } from './json-argument.ts'
import { lineEntries } from './line-entries.ts'
import type { Output } from './output.ts'
import { counted, grouped } from './perform-write.ts'
import { printable } from './printable.ts'
import { type Progress, withProgress } from './progress.ts'
import type { Session } from './session.ts'
import { UsageError } from './usage-error.ts'

interface ImportOptions {
  readonly type?: string
  readonly csv?: boolean
  readonly delimiter?: string
  readonly actor?: string
  readonly dryRun?: boolean
}

const refusalsShown = 20

export function registerImport({ program, run }: Cli): void {
  program
    .command('import')
    .description('Take in an export, a log, or plain records as JSON lines or CSV.')
    .argument('<file>', 'the file; - reads standard input')
    .option('--type <type>', 'the lines are records of this type (without: lines in the form of the log)')
    .option('--csv', 'rows of CSV, typed by the schema of --type; so is a file named *.csv or *.tsv')
    .option('--delimiter <character>', 'what stands between the cells of CSV (default: a comma; a tab in *.tsv)')
    .option('--actor <name>', 'who writes, for lines that do not say; kept in the log')
    .option('--dry-run', 'check every line as a real run would, and write nothing')
    .addHelpText(
      'after',
      examples([
        ['stateward import backup.jsonl', 'what export has written; what is there already stays'],
        ['stateward import people.jsonl --type person --domain ./domain.js', 'plain records, one JSON object a line'],
        ['stateward import specs.csv --type spec', 'a table: the first row names the fields'],
        ['gunzip -c big.jsonl.gz | stateward import - --dry-run', 'which lines would be refused, and why?'],
      ]),
    )
    .addHelpText(
      'after',
      '\nA line that is refused is reported with its number and leaves the others alone; the exit code is 1 then.',
    )
    .action((file: string, options: ImportOptions) => run((session) => importFile(session, file, options)))
}

async function importFile(session: Session, file: string, options: ImportOptions): Promise<number> {
  const { io, output } = session
  const format = formatOf(session, file, options)
  const input = await inputOf(session, file)
  const report = await withProgress(io, 'importing', (progress) => {
    const take = (state: State): Promise<ImportReport> => takeIn(state, { session, input, format, options, progress })
    return options.dryRun === true ? session.preview(take) : session.write(take)
  }).finally(() => input.close())
  if (options.dryRun === true) report.dryRun = true
  if (output.json) await output.value(report)
  else await output.lines(reportLines(report, output))
  if (report.interrupted) return exitCodes.interrupted
  return report.refused > 0 || report.checksum === 'differs' ? exitCodes.refused : exitCodes.ok
}

interface Input {
  readonly chunks: AsyncIterable<Uint8Array | string>
  readonly bytes: number | undefined
  close(): Promise<void>
}

async function inputOf({ io }: Session, file: string): Promise<Input> {
  if (file === '-') return { chunks: io.stdin, bytes: undefined, close: async () => {} }
  const path = resolve(io.cwd, file)
  let handle: FileHandle | undefined
  try {
    handle = await open(path)
    const stat = await handle.stat()
    if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    const opened = handle
    const chunks = createReadStream(path, { fd: opened, autoClose: false })
    return { chunks, bytes: stat.size, close: () => opened.close() }
  } catch (error) {
    await handle?.close()
    throw unreadable(path, error)
  }
}

type Format = (chunks: Input['chunks']) => AsyncIterable<ImportEntry>

/** How the input is read. Refuses options that do not fit, before anything is opened. */
function formatOf({ domain }: Session, file: string, { type, csv, delimiter }: ImportOptions): Format {
  const isTabs = /\.tsv$/i.test(file)
  if (csv !== true && !isTabs && !/\.csv$/i.test(file)) {
    if (delimiter === undefined) return (chunks) => lineEntries(chunks, type)
    throw new UsageError('--delimiter is for CSV: say --csv, or name a file *.csv')
  }
  if (type === undefined) throw new UsageError('CSV says nothing of types: say --type, such as --type spec')
  const entity = domain.entities[type]
  if (entity === undefined)
    throw new UsageError(`expected --type to be one of ${Object.keys(domain.entities).join(', ')}, found ${type}`)
  return (chunks) => csvEntries(chunks, { type, entity, delimiter: delimiter ?? (isTabs ? '\t' : ',') })
}

interface TakeInOptions {
  readonly session: Session
  readonly input: Input
  readonly format: Format
  readonly options: ImportOptions
  readonly progress: Progress
}

function takeIn(state: State, { session, input, format, options, progress }: TakeInOptions): Promise<ImportReport> {
  return importAll(state, format(input.chunks), {
    isLog: options.type === undefined,
    actor: options.actor,
    makesIds: (type) => session.domain.entities[type]?.id !== 'string',
    signal: session.io.interrupt(),
    progress: (upTo, { lines, refused }) =>
      progress.update({
        done: upTo,
        ...(input.bytes === undefined ? {} : { total: input.bytes }),
        text: `${counted(lines, 'line')}${refused > 0 ? `, ${grouped(refused)} refused` : ''}`,
      }),
  })
}

function reportLines(report: ImportReport, { paint }: Output): string[] {
  const { lines, refused, refusals, checksum, interrupted, dryRun } = report
  const counts = (['created', 'updated', 'deleted', 'unchanged', 'skipped'] as const)
    .filter((name) => report[name] > 0)
    .map((name) => `${grouped(report[name])} ${name}`)
  const head = `${dryRun ? 'dry run, nothing was written: ' : ''}${counted(lines, 'line')}: ${[...counts, `${grouped(refused)} refused`].join(', ')}`
  const shown = refusals.slice(0, refusalsShown)
  return [
    head,
    ...shown.map(({ line, code, message }) => `  line ${line}: ${paint.red(code)}  ${printable(message)}`),
    ...(refused > shown.length
      ? [`  and ${grouped(refused - shown.length)} more; up to a thousand of them with --json`]
      : []),
    ...(checksum === 'ok' ? ['the checksum at the end of the export holds'] : []),
    ...(checksum === 'differs'
      ? [paint.red('the checksum at the end does not fit: the export was changed or cut after it was written')]
      : []),
    ...(interrupted ? [`stopped by Ctrl-C after line ${lines}; what was taken in before is safe`] : []),
  ]
}
