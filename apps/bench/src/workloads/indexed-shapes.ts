import type { WorkStatus } from 'stateward'
import { expectEqual, idsOf } from '../check.ts'
import type { IndexedReads, Reads, Row, Soon } from '../contender.ts'
import type { DataSet } from '../data/data-set.ts'
import { hash } from '../data/hash.ts'
import { KnownAnswers } from '../data/known-answers.ts'

const statuses: readonly WorkStatus[] = ['running', 'pending', 'completed', 'failed', 'blocked']
const pageRows = 20
const rangeRows = 100
/** In the name of about one spec in six. */
const part = 'sync'
/** Questions of each shape whose answers are looked at before anything is timed. */
const looks = 2

/** A query that an index serves, of other records each time. */
export interface Shape {
  readonly name: string
  readonly ask: (at: number) => Soon<unknown>
}

interface Asked {
  readonly name: string
  readonly ask: (at: number) => Soon<readonly Row[]>
  /** The ids of the right answer, of what nobody has changed yet. */
  readonly known: (at: number, answers: KnownAnswers) => readonly string[]
}

/** Those that everybody answers; the answers of each are checked first, where there are any. */
export async function commonShapes(reads: Reads, data: DataSet, answers: boolean): Promise<readonly Shape[]> {
  const { phase, plan, since } = pickers(data)
  const row = async (at: number): Promise<readonly Row[]> => [(await reads.get('phase', phase(at).id)) ?? { id: '' }]
  const shapes: readonly Asked[] = [
    { name: 'get by id', ask: row, known: (at) => [phase(at).id] },
    {
      name: `newest ${pageRows} of a status`,
      ask: (at) => reads.newest(statusOf(at), pageRows),
      known: (at, known) => known.newest(statusOf(at), pageRows),
    },
    {
      name: 'specs of a plan',
      ask: (at) => reads.specsOf(plan(at).id),
      known: (at, known) => known.specsOf(plan(at).index),
    },
    {
      name: `range of ${rangeRows}`,
      ask: (at) => reads.since(new Date(since(at)).toISOString(), rangeRows),
      known: (at, known) => known.since(since(at), rangeRows),
    },
  ]
  if (answers) {
    await check(shapes, data)
    expectEqual('counts by status', new KnownAnswers(data).counts(), await reads.counts())
  }
  return [
    { name: 'get by id', ask: (at) => reads.get('phase', phase(at).id) },
    ...shapes.slice(1),
    { name: 'counts by status', ask: () => reads.counts() },
  ]
}

/** The others that the built-in domain has an index for; their answers are checked first. */
export async function furtherShapes(reads: IndexedReads, data: DataSet): Promise<readonly Shape[]> {
  const { phase, plan, spec, since } = pickers(data)
  const cursors = new Map<string, string | undefined>()
  for (const status of statuses) cursors.set(status, (await reads.newestPage(status, pageRows)).cursor)
  const shapes: readonly Asked[] = [
    { name: 'a query by unique id', ask: (at) => reads.withId(phase(at).id), known: (at) => [phase(at).id] },
    {
      name: 'phases of a spec by order (compound)',
      ask: (at) => reads.phasesOf(spec(at).id),
      known: (at, known) => known.phasesOf(spec(at).index),
    },
    {
      name: `${pageRows} of a status from an instant on (compound)`,
      ask: (at) => reads.statusSince(statusOf(at), new Date(since(at)).toISOString(), pageRows),
      known: (at, known) => known.since(since(at), pageRows, statusOf(at)),
    },
    {
      name: `newest ${pageRows} of all (order by)`,
      ask: () => reads.newestOfAll(pageRows),
      known: (_, known) => known.newest(undefined, pageRows),
    },
    {
      name: 'specs of a plan whose name contains a text',
      ask: (at) => reads.specsNamed(plan(at).id, part),
      known: (at, known) => known.specsOf(plan(at).index, part),
    },
    {
      name: `the page of ${pageRows} behind a cursor`,
      ask: async (at) => (await reads.newestPage(statusOf(at), pageRows, cursors.get(statusOf(at)))).rows,
      known: (at, known) => known.newest(statusOf(at), 2 * pageRows).slice(pageRows),
    },
  ]
  await check(shapes, data)
  return shapes
}

async function check(shapes: readonly Asked[], data: DataSet): Promise<void> {
  const answers = new KnownAnswers(data)
  for (const { name, ask, known } of shapes)
    for (let at = 0; at < looks; at++) expectEqual(`${name}, ${at}`, known(at, answers), idsOf(await ask(at)))
}

function statusOf(at: number): WorkStatus {
  return statuses[at % statuses.length] ?? 'running'
}

interface Picked {
  readonly index: number
  readonly id: string
}

interface Pickers {
  readonly phase: (at: number) => Picked
  readonly plan: (at: number) => Picked
  readonly spec: (at: number) => Picked
  /** The instant of a record's last update. */
  readonly since: (at: number) => number
}

function pickers(data: DataSet): Pickers {
  const anyOf =
    (type: 'phase' | 'plan' | 'spec', salt: number) =>
    (at: number): Picked => {
      const indices = data.indicesOf(type)
      const index = indices[hash(data.seed, at, salt) % indices.length] ?? 0
      return { index, id: data.idAt(index) }
    }
  const instant = anyOf('phase', 23)
  return {
    phase: anyOf('phase', 21),
    plan: anyOf('plan', 22),
    spec: anyOf('spec', 24),
    since: (at) => data.updatedMsAt(instant(at).index),
  }
}
