import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { type Endpoint, type Query, StatewardError, type StoredRecord } from '@stateward/contract'
import { exportEndLine, exportedLine, type StateReader } from '@stateward/core'
import { bytesText } from './bytes-text.ts'
import { type Cli, examples } from './cli.ts'
import { type ExportTarget, fileTarget, outputTarget } from './export-target.ts'
import { counted } from './perform-write.ts'
import { type Progress, withProgress } from './progress.ts'
import type { Session } from './session.ts'
import { several } from './write-options.ts'

interface Exported {
  readonly records: number
  readonly bytes: number
  readonly sha256: string
  readonly seq: number
}

const rowsPerPage = 1_000

export function registerExport({ program, run }: Cli): void {
  program
    .command('export')
    .description('Write every record as JSON lines, with a checksum.')
    .argument('[file]', 'a file that is not there yet; without one: standard output')
    .option('--type <type>', 'only records of this type; may be given several times', several)
    .addHelpText(
      'after',
      examples([
        ['stateward export backup.jsonl', 'durable when the command ends'],
        ['stateward export --type plan | jq -c .data', 'records of one type, to a pipe'],
        ['stateward export | gzip > backup.jsonl.gz', 'packed'],
      ]),
    )
    .action((file: string | undefined, { type }: { type?: readonly string[] }) =>
      run((session) => session.read((state) => exportAll(state, session, { file, types: type }))),
    )
}

async function exportAll(
  state: StateReader,
  session: Session,
  {
    file,
    types = Object.keys(session.domain.entities),
  }: { file: string | undefined; types?: readonly string[] | undefined },
): Promise<void> {
  const { io, output } = session
  const known = await checkedTypes(state, session, types)
  const target = file === undefined ? outputTarget(output) : await fileTarget(resolve(io.cwd, file), io.interrupt())
  const exported = await withProgress(io, 'exporting', (progress) =>
    target.fill(() => writeRecords(state, known, { target, progress })),
  )
  if (file === undefined) return
  if (output.json) return output.value({ file, ...exported })
  return output.line(
    `wrote ${counted(exported.records, 'record')}, ${bytesText(exported.bytes)}, as of seq ${exported.seq}, to ${file}`,
  )
}

/** Refuses a type that is not of the domain, and says when records of other types are left out. */
async function checkedTypes(
  state: StateReader,
  { domain, output }: Session,
  types: readonly string[],
): Promise<readonly string[]> {
  const stranger = types.find((type) => domain.entities[type] === undefined)
  if (stranger !== undefined) {
    throw new StatewardError(
      'INVALID',
      `expected a type of the domain (${Object.keys(domain.entities).join(', ')}), found ${JSON.stringify(stranger)}`,
    )
  }
  const { recordsByType } = await state.stats()
  for (const [type, count] of Object.entries(recordsByType)) {
    if (domain.entities[type] !== undefined || count === 0) continue
    output.note(
      output.paintNote.yellow(
        `left out: ${counted(count, 'record')} of type ${type}, which the domain does not define; name the domain with --domain`,
      ),
    )
  }
  return [...new Set(types)]
}

async function writeRecords(
  state: StateReader,
  types: readonly string[],
  { target, progress }: { target: ExportTarget; progress: Progress },
): Promise<Exported> {
  const { recordsByType, lastSeq: seq } = await state.stats()
  const total = types.reduce((sum, type) => sum + (recordsByType[type] ?? 0), 0)
  const hash = createHash('sha256')
  let records = 0
  let bytes = 0
  for (const type of types) {
    for await (const page of pagesOf(state, type)) {
      const lines = page.map((record) => exportedLine(type, record)).join('')
      hash.update(lines)
      bytes += Buffer.byteLength(lines)
      records += page.length
      await target.write(lines)
      progress.update({ done: records, total, text: counted(records, 'record') })
    }
  }
  const sha256 = hash.digest('hex')
  await target.write(exportEndLine({ records, seq, bytes, sha256 }))
  return { records, bytes, sha256, seq }
}

async function* pagesOf(endpoint: Endpoint, type: string): AsyncGenerator<readonly StoredRecord[]> {
  let query: Query | undefined = { type, limit: rowsPerPage }
  while (query !== undefined) {
    const page: { rows: readonly StoredRecord[]; cursor?: string } = await endpoint.ask('query', query)
    if (page.rows.length > 0) yield page.rows
    query = page.cursor === undefined ? undefined : { type, limit: rowsPerPage, cursor: page.cursor }
  }
}
