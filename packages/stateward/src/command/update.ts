import { type Cli, examples } from './cli.ts'
import { fieldsFrom } from './fields.ts'
import { jsonArgument } from './json-argument.ts'
import { performWrite } from './perform-write.ts'
import { resolveId, withWholeReferences } from './resolve-id.ts'
import type { Session } from './session.ts'
import { UsageError } from './usage-error.ts'
import { withFieldHint } from './with-field-hint.ts'
import { addGuardOptions, addWriteOptions, type GivenGuardOptions, guardBody, several } from './write-options.ts'

interface UpdateOptions extends GivenGuardOptions {
  readonly data?: string
  readonly unset?: readonly string[]
}

export function registerUpdate({ program, run }: Cli): void {
  const command = program
    .command('update')
    .description('Change fields of a record.')
    .argument('<type>', 'its type')
    .argument('<id>', 'its id, or the last characters of it')
    .argument('[fields...]', 'name=text, or name:=json')
    .option('--data <json>', 'the changes as a JSON object; - reads standard input, @file a file')
    .option('--unset <field>', 'remove a field; may be given several times', several)
  addGuardOptions(command, 'do what the guard asks for in the same commit, such as cancelling open parts')
  addWriteOptions(command)
    .addHelpText(
      'after',
      examples([
        ['stateward update spec 91d2aa03 status=pending', 'by the table of transitions'],
        ['stateward update spec 91d2aa03 status=running --expect-rev 3', 'only if nobody was faster'],
        ['stateward update plan 5e0c1a7b status=completed --cascade', 'cancels the specs that are still open'],
        ['stateward update spec 91d2aa03 status=running --force --reason "hot fix"', 'past the guards'],
        ['stateward update plan 5e0c1a7b --unset metadata --dry-run', 'shows what would be written'],
      ]),
    )
    .action((type: string, given: string, pairs: string[], options: UpdateOptions) =>
      run((session) => update(session, { type, given, pairs, options })),
    )
}

async function update(
  session: Session,
  { type, given, pairs, options }: { type: string; given: string; pairs: readonly string[]; options: UpdateOptions },
): Promise<void> {
  const { data, unset = [] } = options
  const fields = fieldsFrom(pairs)
  if (pairs.length === 0 && data === undefined && unset.length === 0) {
    throw new UsageError(
      `expected fields to change, --data or --unset, found none; for example stateward update ${type} ${given} status=pending`,
    )
  }
  const json =
    data === undefined ? {} : await jsonArgument(session.io, data, { what: '--data', example: '{"status":"pending"}' })
  const guards = guardBody(options)
  let before: number | undefined
  await performWrite(session, options, {
    act: async (state) => {
      const id = await resolveId(state, type, given)
      before = (await state.ask('get', { type, id }))?.rev
      const whole = await withWholeReferences(state, { type, domain: session.domain, given: fields })
      const body = { ...guards, type, id, changes: { ...json, ...whole }, unset }
      return withFieldHint(fields, () => state.ask('update', body))
    },
    say: ({ id, rev }) =>
      rev === before
        ? `${type} ${id} is so already, at rev ${rev}; nothing was written`
        : `updated ${type} ${id} to rev ${rev}`,
  })
}
