import { expect, test } from 'vitest'
import { countedStorage } from './counted-storage.ts'
import { type OpenWork, openWork } from './open-work.ts'

const plans = 12
const specsPerPlan = 15
const phasesPerSpec = 2

interface Filled extends OpenWork {
  readonly planId: string
  /** Of that plan: each depends on the one before. The first is completed, the second pending, the third failed. */
  readonly specs: readonly string[]
}

/** Plans of chains of specs, each spec with phases and an execution. No record is in memory but while it is asked for. */
async function fill(open: OpenWork): Promise<Filled> {
  const { state, clock } = open
  const filled: [planId: string, specs: string[]][] = []
  for (let at = 0; at < plans; at++) {
    const { id: plan_id } = await state.plan.create({ name: `plan ${at}` })
    const specs: string[] = []
    for (let n = 0; n < specsPerPlan; n++) {
      clock.pass(1)
      const status = n === 0 ? 'completed' : n === 2 ? 'failed' : 'pending'
      const dependencies = specs.slice(-1)
      const { id } = await state.spec.create({ plan_id, name: `spec ${n}`, status, dependencies })
      specs.push(id)
      for (let order = 0; order < phasesPerSpec; order++)
        await state.phase.create({
          spec_id: id,
          name: `phase ${order}`,
          order,
          ...(n === 0 && { status: 'completed' }),
        })
      const running = {
        target_type: 'spec',
        target_id: id,
        loop_type: 'build',
        status: n === 0 ? 'completed' : 'queued',
      }
      await state.execution.create(running as Parameters<typeof state.execution.create>[0])
    }
    filled.push([plan_id, specs])
  }
  const [planId, specs] = filled[5] ?? ['', []]
  return { ...open, planId, specs }
}

interface Question {
  readonly question: string
  readonly ask: (filled: Filled) => Promise<unknown>
  readonly answer: unknown
  /** So many lines of the log at most, of more than seven hundred that there are. */
  readonly lines: number
}

const lengthOf = async (rows: Promise<readonly unknown[]>): Promise<number> => (await rows).length
const answer = specsPerPlan
const ofPlan = specsPerPlan * (2 + phasesPerSpec) + 1

const questions: readonly Question[] = [
  {
    question: '1 a record by its id',
    ask: async ({ state, specs }) => (await state.spec.get(specs[0] ?? ''))?.name,
    ...{ answer: 'spec 0', lines: 1 },
  },
  {
    question: '1 a record by the end of its id',
    ask: async ({ state, specs }) => (await state.spec.resolveId(specs[1]?.slice(-12) ?? '')).id === specs[1],
    ...{ answer: true, lines: 0 },
  },
  {
    question: '2 the specs of a plan',
    ask: ({ state, planId }) => lengthOf(state.spec.where({ plan_id: planId }).all()),
    ...{ answer, lines: specsPerPlan },
  },
  {
    question: '2 the phases of a spec in order',
    ask: async ({ state, specs: [id = ''] }) =>
      (await state.phase.where({ spec_id: id }).orderBy('order').all()).map(({ order }) => order),
    ...{ answer: [0, 1], lines: phasesPerSpec },
  },
  {
    question: '2 the specs of a plan by status',
    ask: ({ state, planId }) => state.spec.where({ plan_id: planId }).groupBy('status'),
    answer: [
      { value: 'completed', count: 1 },
      { value: 'failed', count: 1 },
      { value: 'pending', count: specsPerPlan - 2 },
    ],
    lines: specsPerPlan,
  },
  {
    question: '3 ready work, oldest first, of all plans',
    ask: ({ work }) => lengthOf(work.ready({ limit: 5 })),
    ...{ answer: 5, lines: 5 },
  },
  {
    question: '4 claim the next',
    ask: async ({ work }) => (await work.claimNext({ holder: 'ada', ttlMs: 1_000 }))?.claim.token,
    ...{ answer: 1, lines: 10 },
  },
  {
    question: '5 what blocks a spec, directly and at its root',
    ask: async ({ work, specs: [, , , fourth = '', fifth = ''] }) => {
      const { direct, roots } = await work.blockers(fifth)
      return [direct.map(({ id }) => id === fourth), roots.length]
    },
    ...{ answer: [[true], 1], lines: 10 },
  },
  {
    question: '5 what a spec unblocks',
    ask: async ({ work, specs }) => (await work.unblocks(specs[2] ?? '')).ready.map((id) => id === specs[3]),
    ...{ answer: [true], lines: specsPerPlan },
  },
  {
    question: '6 dead ends of a plan',
    ask: ({ work, planId }) => lengthOf(work.deadEnds(planId)),
    ...{ answer: specsPerPlan - 3, lines: specsPerPlan + 1 },
  },
  {
    question: '7 levels and critical path of a plan',
    ask: async ({ work, planId }) => (await work.levels(planId)).levels.length,
    ...{ answer, lines: specsPerPlan + 1 },
  },
  {
    question: '8 the newest of a status',
    ask: ({ state }) => lengthOf(state.spec.where({ status: 'pending' }).orderBy('updated_at', 'desc').limit(5).all()),
    ...{ answer: 5, lines: 6 },
  },
  {
    question: '8 the board: counts by status',
    ask: ({ state }) => lengthOf(state.spec.groupBy('status')),
    // One runs: it was claimed above.
    ...{ answer: 4, lines: 0 },
  },
  {
    question: '9 running and untouched for long',
    ask: async ({ state }) => {
      const before = new Date(Date.UTC(2100, 0, 1)).toISOString()
      return state.spec.where({ status: 'running', updated_at: { lt: before } }).count()
    },
    ...{ answer: 1, lines: 1 },
  },
  { question: '9 running without a live claim', ask: ({ work }) => work.unclaimed(), answer: [], lines: 3 },
  {
    question: '10 what changed since a commit',
    ask: async ({ state }) => {
      const since = (await state.stats()).lastSeq - 1
      for await (const { seq } of state.changes({ since })) return seq - since
      return undefined
    },
    ...{ answer: 0, lines: 20 },
  },
  {
    question: '11 the history of a record',
    ask: async ({ state, specs }) => {
      const statuses = []
      for await (const { record } of state.spec.history(specs[0] ?? '')) statuses.push(record?.status)
      return statuses
    },
    ...{ answer: ['completed'], lines: 1 },
  },
  {
    question: '12 by several fields, sorted, in pages',
    ask: async ({ state, planId }) => {
      const query = state.spec.where({ plan_id: planId, status: 'pending' }).orderBy('name').limit(5)
      const { cursor } = await query.page()
      return (await query.page(cursor)).rows.length
    },
    ...{ answer: 5, lines: 2 * specsPerPlan },
  },
  {
    question: '13 the latest execution of a target',
    ask: async ({ state, specs: [id = ''] }) =>
      (await state.execution.where({ target_id: id }).orderBy('created_at', 'desc').first())?.status,
    ...{ answer: 'completed', lines: 2 },
  },
  {
    question: '13 the roll-up of a plan',
    ask: async ({ work, planId }) => (await work.rollup(planId)).executions,
    ...{ answer, lines: ofPlan },
  },
  {
    question: '14 integrity of a plan',
    ask: async ({ work, planId }) => (await work.integrity(planId)).dangling,
    ...{ answer: [], lines: ofPlan },
  },
]

test('each of the fourteen questions is answered from its index: of a log of seven hundred lines only what the answer needs is read', async () => {
  const counted = countedStorage()
  const filled = await fill(await openWork({ storage: counted.storage, cacheBytes: 1 }))
  const { state, work } = filled
  expect((await state.stats()).commits).toBeGreaterThan(700)
  // What is filled once behind an opening: the sets of ready work and of claims, the ends of ids, the index of histories.
  await work.ready()
  await work.unclaimed()
  await state.spec.resolveId(filled.specs[0] ?? '')
  for (const { question, ask, answer: expected, lines } of questions) {
    counted.lines = 0
    expect({ question, answer: await ask(filled) }).toEqual({ question, answer: expected })
    expect({ question, read: counted.lines, isFew: counted.lines <= lines }).toMatchObject({ question, isFew: true })
  }
  await state.close()
})
