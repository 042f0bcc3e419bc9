import { resolve } from 'node:path'
import type { Restored } from '@stateward/core'
import { type Cli, examples } from './cli.ts'
import { counted, performWrite } from './perform-write.ts'
import { valueText } from './record-table.ts'
import { nameOf, resolveId } from './resolve-id.ts'
import type { Session } from './session.ts'
import { UsageError } from './usage-error.ts'
import { addWriteOptions, type GivenWriteOptions, writeBody } from './write-options.ts'

interface GivenRestoreOptions extends GivenWriteOptions {
  readonly replace?: boolean
}

export function registerRestore({ program, run }: Cli): void {
  const command = program
    .command('restore')
    .description('Bring back a deleted record, or an export.')
    .argument('<what>', 'the type of the record; or the file of an export, alone')
    .argument('[id]', 'id of the record, or the last characters of it')
    .option('--replace', 'of an export: replace records that are there with other content')
  addWriteOptions(command)
    .addHelpText(
      'after',
      examples([
        ['stateward restore spec 91d2aa03', 'undoes a deletion'],
        ['stateward restore state.jsonl', 'all records of an export as one commit, or none'],
        ['stateward restore state.jsonl --dry-run', 'what that would change'],
      ]),
    )
    .action((what: string, id: string | undefined, options: GivenRestoreOptions) =>
      run((session) =>
        id === undefined ? restoreExport(session, what, options) : restoreRecord(session, [what, id], options),
      ),
    )
}

async function restoreRecord(
  session: Session,
  [type, given]: readonly [type: string, id: string],
  options: GivenRestoreOptions,
): Promise<void> {
  if (options.replace === true) throw new UsageError('expected --replace beside the file of an export, found a record')
  return performWrite(session, options, {
    act: async (state) => {
      const id = await resolveId(state, type, given, { deleted: true })
      return state.ask('restore', { ...writeBody(options), type, id })
    },
    say: (record) => `restored ${type} ${record.id}  ${valueText(nameOf(record))}`.trimEnd(),
  })
}

async function restoreExport(
  session: Session,
  file: string,
  { actor, txid, replace, ...options }: GivenRestoreOptions,
): Promise<void> {
  const { domain, io } = session
  if (domain.entities[file] !== undefined)
    throw new UsageError(`expected an id beside the type ${file}, found none; for a file of this name say ./${file}`)
  if (txid !== undefined)
    throw new UsageError(
      'expected no --txid beside an export, found one; restored again, it finds everything unchanged',
    )
  return performWrite(session, options, {
    act: (state) =>
      state.restoreSnapshot(resolve(io.cwd, file), {
        existing: replace === true ? 'replace' : 'refuse',
        ...(actor === undefined ? {} : { actor }),
      }),
    say: (restored) => textOf(restored, file),
  })
}

function textOf({ seq, created, replaced, unchanged }: Restored, file: string): string {
  const all = counted(created + replaced + unchanged, 'record')
  return `restored ${all} from ${file}: ${created} created, ${replaced} replaced, ${unchanged} unchanged; as of seq ${seq}`
}
