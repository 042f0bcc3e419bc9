import { expectStored } from '../check.ts'
import type { PhaseUpdate } from '../contender.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import { readsOf, transactionsOf } from '../part-of.ts'
import type { Session } from '../session.ts'
import type { Workload } from '../workload.ts'
import { checkUpdated, Updates } from './updates.ts'

const callers = 64
const writesOfEach = 5
const looks = 200

export interface DurableTransaction {
  readonly id: string
  readonly title: string
  /** Whether each phase is read within the transaction before it is updated. */
  readonly reads: boolean
}

/** W5: each transaction of 64 callers stores five phases and updates five others, all or nothing. */
export function durableTransaction({ id, title, reads }: DurableTransaction): Workload {
  return {
    id,
    title: `${title}: 5 creates and 5 updates, ${callers} callers`,
    unit: 'ops/s',
    stage: 'changed',
    takes: [['transact']],
    bar: { times: 4 },
    async run(session) {
      const { data, timing } = session
      const updates = new Updates(data, callers)
      const transactions = transactionsOf(await session.open())
      let created = 0
      const measured = await closedLoop({
        callers,
        timing,
        operation: (caller) => {
          const items = Array.from({ length: writesOfEach }, () => data.newItem(created++))
          const changes = Array.from({ length: writesOfEach }, (): PhaseUpdate => {
            const { index, count } = updates.next(caller)
            return { id: data.idAt(index), changes: data.changes(count) }
          })
          return reads ? transactions.readAndWrite(items, changes) : transactions.writeAll(items, changes)
        },
      })
      await session.close()
      if (session.reopens) {
        await checkUpdated(session, updates)
        await checkCreated(session, created)
      }
      return measured
    },
  }
}

/** Some of what was created are there when the store is opened again. */
async function checkCreated(session: Session, created: number): Promise<void> {
  const every = Math.ceil(created / looks)
  const looked = Array.from({ length: Math.ceil(created / every) }, (_, at) => session.data.newItem(at * every))
  await expectStored('created in a transaction, after reopening', looked, readsOf(await session.open()))
}
