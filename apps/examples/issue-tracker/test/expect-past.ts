import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { IssueState } from '../src/open-issues.ts'
import type { SourceChange } from '../src/source.ts'
import { asInSource, type Fields, foldOne } from './plain-fold.ts'

/** As of every so many commits, the store reads as the changes up to there come to: each commit is one change. */
export async function expectPast(state: IssueState, changes: readonly SourceChange[], every: number): Promise<void> {
  const live = new Map<string, Fields>()
  const wrong: number[] = []
  for (const [at, change] of changes.entries()) {
    foldOne(live, change)
    const seq = at + 1
    if (seq % every !== 0) continue
    const then = await state.asOf(seq)
    const expected = [...live.keys()].sort().map((id) => live.get(id))
    if (!isDeepStrictEqual((await then.issue.all()).map(asInSource), expected)) wrong.push(seq)
    // These are read one by one, from their own histories.
    const some = changes.slice(at - 20, seq).map(({ id }) => id)
    const found = await then.issue.getMany(some)
    const same = some.map((id) => live.get(id))
    if (
      !isDeepStrictEqual(
        found.map((record) => record && asInSource(record)),
        same,
      )
    )
      wrong.push(seq)
  }
  expect(wrong).toEqual([])
}
