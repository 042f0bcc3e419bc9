import { type Cli, examples } from './cli.ts'
import { defaultDir } from './default-dir.ts'

export function registerInit({ program, run }: Cli): void {
  program
    .command('init')
    .description('Make a store in a new or empty directory.')
    .addHelpText(
      'after',
      examples([
        ['stateward init', 'in ./.stateward'],
        ['stateward init --dir state', 'in ./state'],
      ]),
    )
    .action(() =>
      run(async (session) => {
        const { output, dir } = session
        const { created, adopted, lastSeq } = await session.create(async ({ recovery }) => recovery)
        if (output.json) return output.value({ dir: session.path, created, adopted, lastSeq })
        if (!created) return output.line(`${dir} holds a store already, with ${lastSeq} commits; nothing was changed`)
        if (adopted.length > 0) return output.line(`made a store in ${dir}, over ${lastSeq} lines that were there`)
        await output.line(`made a store in ${dir}`)
        output.note(output.paintNote.dim(`next: stateward create plan name="Ship 1.0"${elsewhere(session.dir)}`))
      }),
    )
}

function elsewhere(dir: string): string {
  return dir === defaultDir ? '' : ` --dir ${dir}`
}
