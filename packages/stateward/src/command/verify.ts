import { type Damage, hasCode, type StorageCheck, type VerifyReport } from '@stateward/contract'
import { bytesText } from './bytes-text.ts'
import { type Cli, examples } from './cli.ts'
import { exitCodes } from './exit-code.ts'
import { lostText } from './lost-text.ts'
import type { Output } from './output.ts'
import { counted, grouped } from './perform-write.ts'
import { printable } from './printable.ts'
import { withProgress } from './progress.ts'
import { requireStore } from './require-store.ts'
import type { Session } from './session.ts'

export function registerVerify({ program, run }: Cli): void {
  program
    .command('verify')
    .description('Read everything again: checksums, records, indexes.')
    .addHelpText(
      'after',
      examples([
        ['stateward verify', 'changes nothing; exit code 4 when something is damaged'],
        ['stateward verify --json | jq .storage.damage', 'every bad line, for programs'],
      ]),
    )
    .action(() => run((session) => withProgress(session.io, 'verifying', () => verify(session))))
}

async function verify(session: Session): Promise<number> {
  const { output } = session
  await requireStore(session.path, session.dir)
  const report = await reportOf(session)
  if (output.json) await output.value(report)
  else await output.lines(report.ok ? wholeLines(report, output) : damageLines(report, session))
  return report.ok ? exitCodes.ok : exitCodes.storage
}

/** The whole check; where the log is too damaged to build a state from, that of the log alone. */
async function reportOf(session: Session): Promise<VerifyReport> {
  const storage = await checkStorage(session)
  if (!storage.ok) return { ok: false, storage, indexes: [], records: 0 }
  return session.read((state) => state.verify())
}

async function checkStorage({ storage }: Session): Promise<StorageCheck> {
  try {
    const reader = await storage.openReader()
    try {
      return await reader.verify()
    } finally {
      await reader.close()
    }
  } catch (error) {
    // So damaged that it does not even open: what the opening found is the finding.
    if (!hasCode(error, 'CORRUPT')) throw error
    const damage = (error.details.damage ?? []) as readonly Damage[]
    return { ok: false, commits: 0, bytes: 0, unverified: 0, damage }
  }
}

function wholeLines({ storage, records, indexes, duplicates }: VerifyReport, { paint }: Output): string[] {
  const lines = [
    `${paint.green('ok')}  ${counted(storage.commits, 'commit')}, ${bytesText(storage.bytes)}: every line reads as it was written`,
    `    ${counted(records, 'record')} read back, ${indexes.length} indexes equal to a full scan`,
  ]
  lines.push(...(storage.lost ?? []).map((range) => `    ${lostText(range)}: salvaged, and not there any more`))
  if (storage.unverified > 0) {
    lines.push(`    ${counted(storage.unverified, 'commit')} came from plain files, which carry no checksums`)
  }
  for (const { type, fields, values, records: holders, ids } of duplicates ?? []) {
    const held = fields.map((field, at) => `${field} ${JSON.stringify(values[at])}`).join(', ')
    lines.push(
      `    ${printable(held)}: unique, and in ${counted(holders, type)}, such as ${printable(ids.slice(0, 3).join(', '))}`,
    )
  }
  return lines
}

function damageLines({ storage, indexes }: VerifyReport, { output, dir }: Session): string[] {
  const { paint } = output
  const wrong = indexes.filter(({ ok }) => !ok)
  const places = storage.damage.map(
    ({ file, line, byte, reason }) =>
      `  ${paint.bold(printable(file))}  line ${line}, byte ${grouped(byte)}: ${printable(reason)}`,
  )
  const disagreements = wrong.map(({ type, name, found }) => `  index ${name} of ${type}: ${found}`)
  return [
    paint.red(
      places.length > 0
        ? `damaged: ${counted(places.length, 'line')} in ${dir}`
        : 'damaged: an index does not agree with the records',
    ),
    ...places,
    ...disagreements,
    ...(places.length > 0 ? whatToDo(storage.damage) : ['Indexes are made anew at each opening; please report this.']),
  ]
}

function whatToDo(damage: readonly Damage[]): string[] {
  const looks = damage.slice(0, 3).map(({ file, line }) => `  sed -n '${line}p' ${file} | cut -c1-300`)
  return [
    'Nothing was changed. To look at what stands there, in the directory of the store:',
    ...looks,
    'Then restore these files from a backup or from version control, or see what can be done:',
    '  stateward repair    mends what can be mended exactly',
    '  stateward salvage   keeps what reads, and says in the log what is lost',
  ]
}
