import { type Cli, examples } from './cli.ts'
import { performWrite } from './perform-write.ts'
import { valueText } from './record-table.ts'
import { nameOf, resolveId } from './resolve-id.ts'
import { addWriteOptions, type GivenWriteOptions, writeBody } from './write-options.ts'

export function registerRestore({ program, run }: Cli): void {
  const command = program
    .command('restore')
    .description('Bring a deleted record back as it was.')
    .argument('<type>', 'its type')
    .argument('<id>', 'its id, or the last characters of it')
  addWriteOptions(command)
    .addHelpText('after', examples([['stateward restore spec 91d2aa03', 'undoes a deletion']]))
    .action((type: string, given: string, options: GivenWriteOptions) =>
      run((session) =>
        performWrite(session, options, {
          act: async (state) => {
            const id = await resolveId(state, type, given, { deleted: true })
            return state.ask('restore', { ...writeBody(options), type, id })
          },
          say: (record) => `restored ${type} ${record.id}  ${valueText(nameOf(record))}`.trimEnd(),
        }),
      ),
    )
}
