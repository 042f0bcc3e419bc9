import { type Cli, examples } from './cli.ts'
import { performWrite } from './perform-write.ts'
import { resolveId } from './resolve-id.ts'
import { addGuardOptions, addWriteOptions, type GivenGuardOptions, guardBody } from './write-options.ts'

export function registerDelete({ program, run }: Cli): void {
  const command = program
    .command('delete')
    .description('Delete a record; restore undoes it.')
    .argument('<type>', 'its type')
    .argument('<id>', 'its id, or the last characters of it')
  addGuardOptions(command, 'delete what refers to it as well, in the same commit')
  addWriteOptions(command)
    .addHelpText(
      'after',
      examples([
        ['stateward delete spec 91d2aa03', 'refused (RESTRICTED) while phases refer to it'],
        ['stateward delete plan 5e0c1a7b --cascade --dry-run', 'what would go with it?'],
        ['stateward delete plan 5e0c1a7b --cascade', 'all of it, or nothing'],
      ]),
    )
    .action((type: string, given: string, options: GivenGuardOptions) =>
      run((session) =>
        performWrite(session, options, {
          act: async (state) => {
            const id = await resolveId(state, type, given)
            return state.ask('delete', { ...guardBody(options), type, id })
          },
          say: ({ id }) => `deleted ${type} ${id}; undo it with: stateward restore ${type} ${id}`,
        }),
      ),
    )
}
