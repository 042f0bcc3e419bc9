import { type Made, madeBy, type Result } from '../deciding/txid-window.ts'
import type { Undecided } from '../deciding/undecided.ts'
import type { Write } from '../deciding/write.ts'

/** What the caller is to hear: of steps, what each has left; of a command, what its commit has left of each record. */
export function resultsOf(
  { command }: Write,
  undecided: Undecided,
  earlier: readonly Result[],
): { readonly results: readonly Result[]; readonly made?: readonly Made[] } {
  if (command === undefined) return { results: [...earlier, ...undecided.results] }
  const changes = undecided.commits.flatMap((commit) => commit.changes)
  return {
    results: changes.map(({ change, after }) => after ?? Object.freeze({ id: change.id, rev: change.rev })),
    made: madeBy({ changes: changes.map(({ change }) => change) }),
  }
}
