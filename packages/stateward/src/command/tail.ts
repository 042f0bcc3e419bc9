import type { Commit, Seq } from '@stateward/contract'
import type { StateReader } from '@stateward/core'
import { type Cli, examples } from './cli.ts'
import { commitLines } from './commit-lines.ts'
import { commitsUpToNow } from './commits.ts'
import type { Session } from './session.ts'
import { wholeNumber } from './write-options.ts'

interface TailOptions {
  readonly lines?: number
  readonly since?: Seq
  readonly follow?: boolean
}

const usualCommits = 10

export function registerTail({ program, run }: Cli): void {
  program
    .command('tail')
    .description('Show the newest commits, and follow what comes.')
    .option('-n, --lines <n>', `so many commits (default ${usualCommits})`, wholeNumber('--lines', 0))
    .option('--since <seq>', 'every commit from this seq on', wholeNumber('--since', 0))
    .option('-f, --follow', 'go on with what is written, by whatever process, until Ctrl-C')
    .addHelpText(
      'after',
      examples([
        ['stateward tail', 'the last ten commits'],
        ['stateward tail -f', 'watch a store while others write'],
        ['stateward tail --since 1 --json | jq -c .changes[]', 'the whole log, change by change'],
      ]),
    )
    .action((options: TailOptions) => run((session) => session.read((state) => tail(state, session, options))))
}

async function tail(
  state: StateReader,
  session: Session,
  { lines = usualCommits, since, follow }: TailOptions,
): Promise<void> {
  const { firstSeq, lastSeq } = await state.stats()
  const from = Math.max(firstSeq, since ?? lastSeq - lines + 1)
  if (follow !== true) {
    for await (const commit of commitsUpToNow(state, from)) await show(commit, session)
    return
  }
  const interrupted = session.io.interrupt()
  try {
    for await (const commits of state.follow(from, interrupted))
      for (const commit of commits) await show(commit, session)
  } catch (error) {
    // Ctrl-C is how following ends.
    if (!interrupted.aborted) throw error
  }
}

function show(commit: Commit, { output }: Session): Promise<void> {
  return output.json ? output.value(commit) : output.lines(commitLines(commit, output))
}
