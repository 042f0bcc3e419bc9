import type { JsonObject } from '@stateward/contract'
import { type Cli, examples } from './cli.ts'
import { fieldsFrom } from './fields.ts'
import { jsonArgument } from './json-argument.ts'
import { performWrite } from './perform-write.ts'
import { valueText } from './record-table.ts'
import { nameOf, withWholeReferences } from './resolve-id.ts'
import type { Session } from './session.ts'
import { UsageError } from './usage-error.ts'
import { withFieldHint } from './with-field-hint.ts'
import { addWriteOptions, type GivenWriteOptions, writeBody } from './write-options.ts'

interface CreateOptions extends GivenWriteOptions {
  readonly data?: string
}

export function registerCreate({ program, run }: Cli): void {
  const command = program
    .command('create')
    .description('Create a record, from fields or from JSON.')
    .argument('<type>', 'plan, spec, phase, execution, or a type of --domain')
    .argument('[fields...]', 'name=text, or name:=json for anything that is not a text')
    .option('--data <json>', 'the record as a JSON object; - reads standard input, @file a file')
  addWriteOptions(command)
    .addHelpText(
      'after',
      examples([
        ['stateward create plan name="Ship 1.0"', 'the id is made by the store'],
        ['stateward create spec name=Docs plan_id=5e0c1a7b', 'ids may be given by their last characters'],
        ['stateward create phase spec_id=91d2aa03 name=Draft order:=2', 'order is a number, not a text'],
        [`stateward create plan --data '{"name":"Ship","metadata":{"team":"a"}}'`, 'everything as JSON'],
        ['jq .plan big.json | stateward create plan --data - --json', 'from a pipe; answers with the record as JSON'],
      ]),
    )
    .action((type: string, pairs: string[], options: CreateOptions) =>
      run((session) => create(session, { type, pairs, options })),
    )
}

async function create(
  session: Session,
  { type, pairs, options }: { type: string; pairs: readonly string[]; options: CreateOptions },
): Promise<void> {
  const given = fieldsFrom(pairs)
  if (pairs.length === 0 && options.data === undefined) {
    throw new UsageError(
      `expected fields or --data for the new ${type}, found neither; for example stateward create ${type} name=Ship`,
    )
  }
  const data = await dataOf(session, options)
  await performWrite(session, options, {
    act: async (state) => {
      const fields = await withWholeReferences(state, { type, domain: session.domain, given })
      const body = { ...writeBody(options), type, data: { ...data, ...fields } }
      return withFieldHint(given, () => state.ask('create', body))
    },
    say: (record) => `created ${type} ${record.id}  ${valueText(nameOf(record))}`.trimEnd(),
  })
}

async function dataOf(session: Session, { data }: CreateOptions): Promise<JsonObject> {
  if (data === undefined) return {}
  return jsonArgument(session.io, data, { what: '--data', example: '{"name":"Ship"}' })
}
