import type { Commit } from '@stateward/contract'
import type { State } from '@stateward/core'
import { commitLines } from './commit-lines.ts'
import { commitsUpToNow } from './commits.ts'
import type { Session } from './session.ts'
import type { GivenWriteOptions } from './write-options.ts'

const linesShown = 40

/** A write as a command makes it: what to ask, and what to say of the answer. */
export interface WriteOf<Answer> {
  readonly act: (state: State) => Promise<Answer>
  /** For people. */
  readonly say: (answer: Answer) => string
}

/** Writes and says what came of it; or, with `--dry-run`, decides and shows what would be written. */
export async function performWrite<Answer>(
  session: Session,
  { dryRun }: GivenWriteOptions,
  { act, say }: WriteOf<Answer>,
): Promise<void> {
  const { output } = session
  if (dryRun === true) {
    const commits = await session.preview((state) => commitsOf(state, act))
    if (output.json) return output.value({ dryRun: true, commits })
    return output.lines(previewLines(commits, session))
  }
  const answer = await session.write(act)
  return output.json ? output.value(answer) : output.line(say(answer))
}

async function commitsOf(state: State, act: (state: State) => Promise<unknown>): Promise<Commit[]> {
  const { lastSeq } = await state.stats()
  await act(state)
  const commits: Commit[] = []
  for await (const commit of commitsUpToNow(state, lastSeq + 1)) commits.push(commit)
  return commits
}

function previewLines(commits: readonly Commit[], { output }: Session): string[] {
  if (commits.length === 0) return ['dry run: nothing would change']
  const lines = commits.flatMap((commit) => commitLines(commit, output))
  const changes = counted(lines.length, 'change')
  return [
    `dry run: ${changes} in ${counted(commits.length, 'commit')} would be written; nothing was`,
    ...lines.slice(0, linesShown),
    ...(lines.length > linesShown ? [`  and ${lines.length - linesShown} more; all of them with --json`] : []),
  ]
}

/** `1 row`, `2 rows`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `12 345`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
