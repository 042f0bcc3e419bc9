import { expectEqual, expectStored } from '../check.ts'
import type { Store } from '../contender.ts'
import { DataSet } from '../data/data-set.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import type { Measured } from '../measure/measured.ts'
import { readsOf, writesOf } from '../part-of.ts'
import type { Session } from '../session.ts'
import type { Bar, Workload } from '../workload.ts'
import { loadBatchRows } from './load-batch-rows.ts'
import { runGroups } from './run-groups.ts'

// A plan with its specs, so that what is created has something to refer to.
const parents = 221
const looks = 200

export interface DurableCreate {
  readonly id: string
  readonly callers: number
  readonly bar: Bar
}

/** So many callers create one record after the other; each is acknowledged when it is as safe as the contender promises. */
export function durableCreate({ id, callers, bar }: DurableCreate): Workload {
  return {
    id,
    title: `create, ${callers} ${callers === 1 ? 'caller' : 'callers'}`,
    unit: 'ops/s',
    stage: 'fresh',
    takes: [['create'], ['group']],
    bar,
    async run(session) {
      const store = await session.open()
      return store.groups === undefined ? runCreates(session, store, callers) : runGroups(session, store, callers)
    },
  }
}

async function runCreates(session: Session, store: Store, callers: number): Promise<Measured> {
  const data = new DataSet(parents, session.data.seed)
  const writes = writesOf(store)
  await writes.load(data.batches(loadBatchRows))
  let created = 0
  let seen: (() => string | undefined) | undefined
  const measured = await closedLoop({
    callers,
    timing: session.timing,
    onWarm: () => {
      seen = store.watch?.()
    },
    operation: () => writes.create(data.newItem(created++)),
  })
  await session.close()
  if (session.reopens) await checkCreated(session, data, created)
  const remark = seen?.()
  return { ...measured, ...(remark !== undefined && { remark }) }
}

/** Everything acknowledged is there when the store is opened again. */
async function checkCreated(session: Session, data: DataSet, created: number): Promise<void> {
  const reads = readsOf(await session.open())
  expectEqual('records after reopening', parents + created, await reads.size())
  const every = Math.ceil(created / looks)
  const looked = Array.from({ length: Math.ceil(created / every) }, (_, at) => data.newItem(at * every))
  await expectStored('created record after reopening', looked, reads)
}
