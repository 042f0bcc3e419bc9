import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { State } from '@stateward/core'
import { type Cli, examples } from './cli.ts'
import { exitCodes } from './exit-code.ts'
import type { ImportReport } from './import-report.ts'
import { importAll } from './importer.ts'
import { inputLines } from './input-lines.ts'
import { unreadable } from './json-argument.ts'
import type { Output } from './output.ts'
import { counted, grouped } from './perform-write.ts'
import { printable } from './printable.ts'
import { type Progress, withProgress } from './progress.ts'
import type { Session } from './session.ts'

interface ImportOptions {
  readonly type?: string
  readonly actor?: string
  readonly dryRun?: boolean
}

const refusalsShown = 20

export function registerImport({ program, run }: Cli): void {
  program
    .command('import')
    .description('Take in an export, a log, or plain records.')
    .argument('<file>', 'the file; - reads standard input')
    .option('--type <type>', 'the lines are records of this type (without: lines in the form of the log)')
    .option('--actor <name>', 'who writes, for lines that do not say; kept in the log')
    .option('--dry-run', 'check every line as a real run would, and write nothing')
    .addHelpText(
      'after',
      examples([
        ['stateward import backup.jsonl', 'what export has written; what is there already stays'],
        ['stateward import people.jsonl --type person --domain ./domain.js', 'plain records, one JSON object a line'],
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
  const input = await inputOf(session, file)
  const report = await withProgress(io, 'importing', (progress) => {
    const take = (state: State): Promise<ImportReport> => takeIn(state, { session, input, options, progress })
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

function takeIn(
  state: State,
  { session, input, options, progress }: { session: Session; input: Input; options: ImportOptions; progress: Progress },
): Promise<ImportReport> {
  return importAll(state, inputLines(input.chunks), {
    type: options.type,
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
