import type { Pick } from '../src/index.ts'

/** Calls `look` with every sequence of choices that it can be given, and resolves with what came of each, without doubles. */
export function everyOutcome(look: (pick: Pick) => string): Set<string> {
  const found = new Set<string>()
  for (let path: Choice[] | undefined = []; path !== undefined; path = nextPath(path)) {
    const taken: Choice[] = path
    let at = 0
    const pick: Pick = (below) => {
      taken[at] ??= { choice: 0, below }
      return taken[at++]?.choice ?? 0
    }
    found.add(look(pick))
  }
  return found
}

interface Choice {
  readonly choice: number
  readonly below: number
}

/** Counts on: the last choice that has another one after it takes that, and what came after it begins anew. */
function nextPath(path: readonly Choice[]): Choice[] | undefined {
  const last = path.findLastIndex(({ choice, below }) => choice + 1 < below)
  const choice = path[last]
  return choice === undefined ? undefined : [...path.slice(0, last), { ...choice, choice: choice.choice + 1 }]
}
