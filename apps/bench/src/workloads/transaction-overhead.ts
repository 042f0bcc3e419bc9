import type { PhaseUpdate, Soon } from '../contender.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import { type Arm, inTurns, middleOf, ratioOf, type Turns } from '../measure/in-turns.ts'
import type { Measured, Share } from '../measure/measured.ts'
import { transactionsOf, writesOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { checkUpdated, Updates } from './updates.ts'

const callers = 64
const atOnce = 10
const bar = { atMost: 1.5 }

/** W6: what one update costs as a transaction of its own, and as one of ten, through what it costs as a plain one. */
export const transactionOverhead: Workload = {
  id: 'W6',
  title: `transactions of one update, ${callers} callers, beside plain updates`,
  unit: 'ops/s',
  stage: 'changed',
  takes: [['transact']],
  async run(session) {
    const { data, timing } = session
    const updates = new Updates(data, callers)
    const store = await session.open()
    const writes = writesOf(store)
    const transactions = transactionsOf(store)
    const next = (caller: number): PhaseUpdate => {
      const { index, count } = updates.next(caller)
      return { id: data.idAt(index), changes: data.changes(count) }
    }
    const some = (count: number, caller: number): PhaseUpdate[] => Array.from({ length: count }, () => next(caller))
    const arm = (operation: (caller: number) => Soon<unknown>): Arm => ({
      run: (now) => closedLoop({ callers, timing: now, operation }),
    })
    const taken = await inTurns(
      {
        plain: arm((caller) => {
          const { id, changes } = next(caller)
          return writes.update(id, changes)
        }),
        list: arm((caller) => transactions.writeAll([], some(1, caller))),
        transaction: arm((caller) => transactions.readAndWrite([], some(1, caller))),
        ten: arm((caller) => transactions.readAndWrite([], some(atOnce, caller))),
      },
      timing,
    )
    await session.close()
    if (session.reopens) await checkUpdated(session, updates)
    return { ...middleOf(taken('transaction')), shares: sharesOf(taken) }
  },
}

const cpuOf = ({ cpuUs }: Measured): number | undefined => cpuUs
/** How long one takes when so many callers come again and again. */
const timeOf = ({ value }: Measured): number => 1 / value

function sharesOf(turns: Turns<'plain' | 'list' | 'transaction' | 'ten'>): readonly Share[] {
  const plain = turns('plain')
  const through = (arm: 'list' | 'transaction' | 'ten', updates: number, what: string): readonly Share[] => [
    { what: `${what}: time through a plain update's`, ratio: ratioOf(turns(arm), plain, timeOf) / updates, bar },
    {
      what: `${what}: processor time through a plain update's`,
      ratio: ratioOf(turns(arm), plain, cpuOf) / updates,
      bar,
    },
  ]
  return [
    ...through('list', 1, 'a list of one update'),
    ...through('transaction', 1, 'a transaction of a read and an update'),
    ...through('ten', atOnce, `each update of ${atOnce} in one transaction`),
  ]
}
