import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { HistoryReader } from '../src/history-reader.ts'
import { type IssueState, issueStorage, openIssues } from '../src/open-issues.ts'
import type { SourceChange } from '../src/source.ts'
import { expectFolded } from './expect-folded.ts'
import { type Fields, foldOne, plainFold } from './plain-fold.ts'
import { type PlainQuery, PlainWindow } from './plain-window.ts'
import { hasRealData, realChanges } from './real-data.ts'
import { Told } from './told.ts'

// Two cores, and perhaps other work on them.
const slowMs = 3_600_000
/** A query that no index puts in order is polled at every so many steps; at night at each. The plain list is compared at every step. */
const slowlyPolledEvery = process.env.STATEWARD_TEST_SCALE === 'nightly' ? 1 : 1_000

type Issues = IssueState['issue']
type Query = ReturnType<Issues['where']>
type Row = Awaited<ReturnType<Query['all']>>[number]

interface Looked extends PlainQuery {
  readonly asked: (issues: Issues) => Query
  readonly isOrdered?: true
}

const looked: readonly Looked[] = [
  {
    asked: (issues) => issues.where({ status: 'open' }).orderBy('updated_at', 'desc').limit(10),
    isOrdered: true,
    matches: ({ status }) => status === 'open',
    by: { field: 'updated_at', kind: 'time', direction: -1 },
    limit: 10,
  },
  {
    asked: (issues) => issues.where({ status: 'in_progress' }).orderBy('updated_at').limit(4),
    isOrdered: true,
    matches: ({ status }) => status === 'in_progress',
    by: { field: 'updated_at', kind: 'time', direction: 1 },
    limit: 4,
  },
  {
    asked: (issues) =>
      issues
        .where({ status: { in: ['open', 'in_progress'] }, priority: { lte: 1 } })
        .orderBy('priority')
        .limit(5),
    matches: ({ status, priority }) => (status === 'open' || status === 'in_progress') && Number(priority) <= 1,
    by: { field: 'priority', kind: 'value', direction: 1 },
    limit: 5,
  },
  {
    asked: (issues) => issues.where({ issue_type: 'epic' }).limit(20),
    matches: ({ issue_type }) => issue_type === 'epic',
    limit: 20,
  },
  {
    asked: (issues) => issues.where({ status: 'closed' }).orderBy('closed_at', 'desc').limit(3),
    matches: ({ status }) => status === 'closed',
    by: { field: 'closed_at', kind: 'time', direction: -1 },
    limit: 3,
  },
  {
    asked: (issues) =>
      issues
        .where({ assignee: { exists: true } })
        .orderBy('title')
        .limit(7),
    matches: ({ assignee }) => assignee !== undefined,
    by: { field: 'title', kind: 'value', direction: 1 },
    limit: 7,
  },
]

/** One query, as its live query tells it, as a plain list has it, and as it is polled. */
class Followed {
  readonly #told = new Told<Row>()
  readonly #query: Query
  readonly #plain: PlainWindow
  readonly #isOrdered: boolean
  readonly stop: () => void
  #seen = -1

  constructor(issues: Issues, one: Looked) {
    this.#query = one.asked(issues)
    this.#plain = new PlainWindow(one)
    this.#isOrdered = one.isOrdered === true
    this.stop = this.#query.subscribe((update) => this.#told.take(update))
  }

  get updates(): number {
    return this.#told.updates
  }

  /** Compares behind one change of an issue; `versions` counts those of each. */
  async look(
    step: number,
    id: string,
    after: Fields | undefined,
    versions: ReadonlyMap<string, number>,
  ): Promise<void> {
    const isTouched = this.#plain.take(id, after)
    // Nothing was told, and nothing was to be told.
    if (!isTouched && this.updates === this.#seen) return
    this.#seen = this.updates
    const told = named(this.#told.rows)
    const wanted = this.#plain.ids.map((one) => `${one} ${versions.get(one)}`).join()
    if (told !== wanted) expect({ step, told }).toEqual({ step, told: wanted })
    if (isTouched && (this.#isOrdered || step % slowlyPolledEvery === 0))
      expect({ step, polled: named(await this.#query.all()) }).toEqual({ step, polled: wanted })
  }
}

function named(rows: readonly Row[]): string {
  return rows.map(({ id, rev }) => `${id} ${rev}`).join()
}

async function replayOne({ issue }: IssueState, reader: HistoryReader, change: SourceChange): Promise<void> {
  const write = reader.read(change)
  if (write.op === 'create') await issue.create(write.data)
  else if (write.op === 'update') await issue.update(write.id, write.changes, { unset: write.unset })
  else await issue.delete(write.id)
}

if (!hasRealData)
  process.stderr.write('live-replay: no real changes in ../shared/data; live queries were not compared over them\n')

describe.runIf(hasRealData)('40 000 real changes, from ../shared/data, in memory', () => {
  test(
    'live queries are what a plain list is and what polling gives, at every step; at the end all is the fold',
    async () => {
      const state = await openIssues(issueStorage(undefined))
      const followed = looked.map((one) => new Followed(state.issue, one))
      // The first results come before the first write.
      await state.flush()
      const reader = new HistoryReader()
      const live = new Map<string, Fields>()
      const versions = new Map<string, number>()
      const changes = realChanges()
      for (const [at, change] of changes.entries()) {
        await replayOne(state, reader, change)
        // What is told comes a few promises behind the answer of the write.
        await nextTurn()
        foldOne(live, change)
        versions.set(change.id, (versions.get(change.id) ?? 0) + 1)
        for (const one of followed) await one.look(at + 1, change.id, live.get(change.id), versions)
      }
      for (const { updates, stop } of followed) {
        expect(updates).toBeGreaterThan(50)
        stop()
      }
      await expectFolded(state, plainFold(changes))
      const report = await state.verify()
      expect(report).toMatchObject({ ok: true, storage: { ok: true, commits: changes.length, unverified: 0 } })
      await state.close()
    },
    slowMs,
  )
})
