import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Linked, LinkedHistory, type LinkedIssues } from './linked-issues.ts'
import { counted, extreme, grouped, type Live, type Looked, linked, summed } from './live-questions.ts'
import { hasRealData, realChanges } from './real-data.ts'

// Two cores, and perhaps other work on them.
const slowMs = 3_600_000
/** What takes a look at every record is polled at every so many steps; at night at each. What is plain is compared at every step. */
const slowlyPolledEvery = process.env.STATEWARD_TEST_SCALE === 'nightly' ? 1 : 1_000

const everything = { asked: (issues: LinkedIssues) => issues.where({}), matches: () => true }
const open = {
  asked: (issues: LinkedIssues) => issues.where({ status: 'open' }),
  matches: ({ status }: Linked['fields']) => status === 'open',
}
const started = {
  asked: (issues: LinkedIssues) => issues.where({ status: 'in_progress' }),
  matches: ({ status }: Linked['fields']) => status === 'in_progress',
}
const bugs = {
  asked: (issues: LinkedIssues) => issues.where({ issue_type: 'bug' }),
  matches: ({ issue_type }: Linked['fields']) => issue_type === 'bug',
}
const urgent = {
  asked: (issues: LinkedIssues) => issues.where({ priority: 0 }),
  matches: ({ priority }: Linked['fields']) => priority === 0,
}

const looked = (): readonly Looked[] => [
  counted({ ...everything, isSoonPolled: true }),
  counted({ ...open, isSoonPolled: true }),
  grouped({ field: 'status', kind: 'value' }, { ...everything, isSoonPolled: true }),
  grouped({ field: 'priority', kind: 'value' }, { ...bugs, isSoonPolled: false }),
  grouped({ field: 'closed_at', kind: 'time' }, { ...urgent, isSoonPolled: false }),
  summed({ ...started, isSoonPolled: true }),
  summed({ ...everything, isSoonPolled: false }),
  extreme({ ...started, isSoonPolled: true }),
  extreme({ ...urgent, isSoonPolled: false }),
  extreme({ ...bugs, isSoonPolled: false }),
  linked({
    asked: (issues) => open.asked(issues).orderBy('priority').limit(8),
    isSoonPolled: true,
    matches: ({ status }) => status === 'open',
    by: { field: 'priority', kind: 'value', direction: 1 },
    limit: 8,
  }),
  linked({
    asked: (issues) =>
      issues
        .where({ epic: { exists: true } })
        .orderBy('title')
        .limit(12),
    isSoonPolled: false,
    matches: ({ epic }) => epic !== undefined,
    by: { field: 'title', kind: 'value', direction: 1 },
    limit: 12,
  }),
  linked({
    asked: (issues) => issues.where({ needs: { exists: true } }).limit(30),
    isSoonPolled: false,
    matches: ({ needs }) => needs !== undefined,
    limit: 30,
  }),
]

/** Compares what one question is told with what is plain, at every step, and with what polling gives. */
class Followed {
  readonly #issues: LinkedIssues
  readonly #one: Looked
  readonly #abort = new AbortController()
  readonly #ended: Promise<void>
  #told = ''
  #plain: string
  updates = 0

  constructor(issues: LinkedIssues, one: Looked) {
    this.#issues = issues
    this.#one = one
    this.#plain = one.plain(new Map())
    this.#ended = this.#follow()
  }

  get name(): string {
    return this.#one.name
  }

  async #follow(): Promise<void> {
    for await (const text of this.#one.live(this.#issues, this.#abort.signal)) {
      this.#told = text
      this.updates++
    }
  }

  async look(step: number, id: string, live: Live): Promise<void> {
    const { name, isSoonPolled } = this.#one
    const before = this.#plain
    if (this.#one.take(id, live.get(id)?.fields)) this.#plain = this.#one.plain(live)
    const told = this.#told
    if (told !== this.#plain) expect({ step, name, told }).toEqual({ step, name, told: this.#plain })
    if (step % slowlyPolledEvery !== 0 && (!isSoonPolled || before === this.#plain)) return
    const polled = await this.#one.polled(this.#issues)
    if (polled !== this.#plain) expect({ step, name, polled }).toEqual({ step, name, polled: this.#plain })
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }
}

if (!hasRealData)
  process.stderr.write(
    'live-links-replay: no real changes in ../shared/data; live counts and relations were not compared over them\n',
  )

describe.runIf(hasRealData)('40 000 real changes, from ../shared/data, with their relations', () => {
  test(
    'live counts, groups, sums, means, extremes and what rows lead to are what is plain and what polling gives, at every step',
    async () => {
      const history = await LinkedHistory.begin()
      const { state, live } = history
      const followed = looked().map((one) => new Followed(state.issue, one))
      // The first results come before the first write.
      await state.flush()
      await nextTurn()
      for (const [at, change] of realChanges().entries()) {
        await history.replay(change)
        // What is told comes a few promises behind the answer of the write.
        await nextTurn()
        for (const one of followed) await one.look(at + 1, change.id, live)
      }
      for (const one of followed) {
        // What is least and last seldom becomes another.
        expect({ name: one.name, told: one.updates > (one.name === 'least and last' ? 10 : 50) }).toEqual({
          name: one.name,
          told: true,
        })
        await one.stop()
      }
      await state.close()
    },
    slowMs,
  )
})
