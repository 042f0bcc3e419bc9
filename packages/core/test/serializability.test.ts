import type { Seq } from '@stateward/contract'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { rig } from '../../../test/reliability/rig.ts'
import { HeadLayer } from '../src/heads.ts'
import type { Transaction } from '../src/index.ts'
import { ReadSet } from '../src/read-set.ts'
import { TransactionView } from '../src/transaction-view.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { pipelinedStorage } from './pipelined-storage.ts'
import { type Row, randomTransaction, type TransactionApi } from './random-transaction.ts'
import type { tinyDomain } from './tiny-domain.ts'

/** One transaction as its client saw it. */
interface Seen {
  readonly seed: number
  readonly reads: readonly string[]
  readonly writes: number
  /** The last commit that anybody had been told of when it began, and when it ended. */
  readonly began: Seq
  readonly ended: Seq
}

const clients = 64

function apiOf(tx: Pick<Transaction<typeof tinyDomain>, 'task'>): TransactionApi {
  return {
    get: (id) => tx.task.get(id),
    where: (n) => tx.task.where({ n }).all(),
    least: (count) => tx.task.where().orderBy('n').limit(count).all(),
    count: (n) => tx.task.where({ n }).count(),
    async put(id, n) {
      if ((await tx.task.get(id)) === undefined) await tx.task.create({ id, n })
      else await tx.task.update(id, { n })
    },
    async remove(id) {
      if ((await tx.task.get(id)) !== undefined) await tx.task.delete(id)
    },
  }
}

/** The same on a map: what a transaction would see and do if it ran alone. */
function apiOfModel(state: Map<string, number>): TransactionApi {
  const record = (id: string): Row => ({ id, n: state.get(id) })
  const sorted = (): Row[] => [...state.keys()].sort().map(record)
  return {
    get: async (id) => (state.has(id) ? record(id) : undefined),
    where: async (n) => sorted().filter((one) => one.n === n),
    least: async (count) =>
      sorted()
        .sort((left, right) => Number(left.n) - Number(right.n))
        .slice(0, count),
    count: async (n) => sorted().filter((one) => one.n === n).length,
    put: async (id, n) => void state.set(id, n),
    remove: async (id) => void state.delete(id),
  }
}

/** Lets clients run random transactions at the same time, and says what each saw. */
async function history(state: TinyState, count: number, seed: number): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>()
  let told: Seq = 0
  let next = 0
  const client = async (): Promise<void> => {
    while (next < count) {
      const mine = seed * 1_000_003 + next
      const txid = `x${next++}`
      const began = told
      let outcome: Pick<Seen, 'reads' | 'writes'> | undefined
      await state.transaction(
        async (tx) => {
          outcome = await randomTransaction(mine, apiOf(tx), { hasTurns: true })
        },
        { txid, retries: 1_000 },
      )
      if (outcome === undefined) throw new Error(`${txid} never ran`)
      told = (await state.stats()).lastSeq
      seen.set(txid, { seed: mine, ...outcome, began, ended: told })
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return seen
}

/** Why a history is not that of transactions one after the other, in the order of their commits and of time; `undefined` where it is. */
async function whyNotSerial(state: TinyState, seen: ReadonlyMap<string, Seen>): Promise<string | undefined> {
  const { lastSeq } = await state.stats()
  const model = new Map<string, number>()
  const states: Map<string, number>[] = [new Map()]
  const committed = new Set<string>()
  for await (const { seq, txid = '', last } of state.changes()) {
    if (!last) continue
    const one = seen.get(txid)
    if (one === undefined) return `commit ${seq} is of nobody`
    if (one.began >= seq) return `${txid} began after commit ${one.began} was told, and is commit ${seq}`
    const { reads } = await randomTransaction(one.seed, apiOfModel(model), { hasTurns: false })
    if (reads.join('\n') !== one.reads.join('\n'))
      return `${txid}, commit ${seq}, read [${one.reads.join('; ')}], and alone it reads [${reads.join('; ')}]`
    states.push(new Map(model))
    committed.add(txid)
    if (seq === lastSeq) break
  }
  for (const [txid, one] of seen) {
    if (committed.has(txid)) continue
    // It has left nothing behind, so that it may stand anywhere between its beginning and its end.
    let fits = false
    for (let at = one.began; at <= one.ended && !fits; at++) {
      const alone = new Map(states[at])
      const { reads } = await randomTransaction(one.seed, apiOfModel(alone), { hasTurns: false })
      fits = reads.join('\n') === one.reads.join('\n')
    }
    if (!fits) return `${txid} read what no state from ${one.began} to ${one.ended} holds: [${one.reads.join('; ')}]`
  }
  const left = (await state.task.where().all()).map(({ id, n }) => [id, n] as const)
  return JSON.stringify(left) === JSON.stringify([...model].sort())
    ? undefined
    : 'the state is not what the commits make'
}

const perHistory = 500

rig('serializable', ({ each }) =>
  each(async (seed) => {
    const { state } = await openTiny({ storage: pipelinedStorage() })
    const seen = await history(state, perHistory, seed)
    const why = await whyNotSerial(state, seen)
    await state.close()
    if (why !== undefined) throw new Error(why)
    return seen.size
  }),
)

/** What goes wrong without a part of the validation; the check of histories must see each. */
const anomalies: readonly [name: string, plant: () => void][] = [
  [
    'everything at once: nothing is validated',
    () => vi.spyOn(ReadSet.prototype, 'conflict').mockReturnValue(undefined),
  ],
  [
    'lost updates and write skew: reads by id are forgotten',
    () => vi.spyOn(ReadSet.prototype, 'addId').mockReturnValue(),
  ],
  ['phantoms: what queries answered is forgotten', () => vi.spyOn(ReadSet.prototype, 'addQuery').mockReturnValue()],
  [
    'unrepeatable reads: what others change is seen at once',
    () => vi.spyOn(TransactionView.prototype, 'changedSince').mockReturnValue(new Map()),
  ],
  [
    'dirty reads: what is not durable yet is not looked at',
    () => vi.spyOn(HeadLayer.prototype, 'entriesOf').mockReturnValue([]),
  ],
]

describe('the check sees', () => {
  test.each(anomalies)('%s', async (_, plant) => {
    onTestFinished(() => void vi.restoreAllMocks())
    plant()
    const { state } = await openTiny({ storage: pipelinedStorage() })
    const seen = await history(state, perHistory, 1)
    expect(await whyNotSerial(state, seen)).toBeDefined()
    await state.close()
  })
})
