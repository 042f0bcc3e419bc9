import { describe, expect, test } from 'vitest'
import { HistoryReader } from '../src/history-reader.ts'
import { type IssueState, issueStorage, openIssues } from '../src/open-issues.ts'
import type { SourceChange } from '../src/source.ts'
import { hasRealData, realChanges } from './real-data.ts'

// Two cores, and perhaps other work on them.
const slowMs = 3_600_000
/** How many of the changes are looked at one by one; at night all of them. */
const looked = process.env.STATEWARD_TEST_SCALE === 'nightly' ? Number.POSITIVE_INFINITY : 400

type Row = Awaited<ReturnType<IssueState['issue']['get']>>

/** The result of one query, by what its live query tells. */
function follow(query: ReturnType<IssueState['issue']['where']>) {
  const rows: Row[] = []
  const stop = query.subscribe((update) => {
    if (update.kind === 'rows') rows.splice(0, rows.length, ...update.rows)
    else {
      for (const change of update.changes) {
        if (change.op !== 'enter') rows.splice(change.op === 'move' ? change.from : change.at, 1)
        if (change.op !== 'leave') rows.splice(change.at, 0, change.record)
      }
    }
  })
  return { query, rows, stop }
}

async function replayOne({ issue }: IssueState, reader: HistoryReader, change: SourceChange): Promise<void> {
  const write = reader.read(change)
  if (write.op === 'create') await issue.create(write.data)
  else if (write.op === 'update') await issue.update(write.id, write.changes, { unset: write.unset })
  else await issue.delete(write.id)
}

if (!hasRealData)
  process.stderr.write('live-replay: no real changes in ../shared/data; live queries were not compared over them\n')

describe.runIf(hasRealData)('live queries over the real changes, from ../shared/data', () => {
  test(
    'are what polling gives, at every step',
    async () => {
      const state = await openIssues(issueStorage(undefined))
      const { issue } = state
      const followed = [
        issue.where({ status: 'open' }).orderBy('updated_at', 'desc').limit(10),
        issue
          .where({ status: { in: ['open', 'in_progress'] }, priority: { lte: 1 } })
          .orderBy('priority')
          .limit(5),
        issue.where({ issue_type: 'epic' }).limit(20),
        issue.where({ status: 'closed' }).orderBy('closed_at', 'desc').limit(3),
        issue
          .where({ assignee: { exists: true } })
          .orderBy('title')
          .limit(7),
      ].map(follow)
      // The first results come before the first write.
      await state.flush()
      const reader = new HistoryReader()
      let steps = 0
      for (const change of realChanges()) {
        if (steps++ >= looked) break
        await replayOne(state, reader, change)
        for (const [at, { query, rows }] of followed.entries()) {
          const polled = await query.all()
          const told = rows.map((row) => `${row?.id} ${row?.rev}`).join()
          const wanted = polled.map((row) => `${row.id} ${row.rev}`).join()
          if (told !== wanted)
            expect({ step: steps, query: at, told }).toEqual({ step: steps, query: at, told: wanted })
        }
      }
      expect(steps).toBeGreaterThan(300)
      expect(followed.filter(({ rows }) => rows.length > 0).length).toBeGreaterThan(2)
      for (const { stop } of followed) stop()
      await state.close()
    },
    slowMs,
  )
})
