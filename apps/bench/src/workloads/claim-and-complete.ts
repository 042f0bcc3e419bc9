import { expectEqual } from '../check.ts'
import type { Claims, HeldWork } from '../contender.ts'
import { PendingSpecs } from '../data/pending-specs.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import { type Arm, inTurns, middleOf, ratioOf, type Turns } from '../measure/in-turns.ts'
import type { Measured, Share } from '../measure/measured.ts'
import { claimsOf, writesOf } from '../part-of.ts'
import type { Session } from '../session.ts'
import type { Workload } from '../workload.ts'
import { loadBatchRows } from './load-batch-rows.ts'
import { checkUpdated, Updates } from './updates.ts'

const workers = 30
/** More than there are workers: the code gets warm with as many callers as in other workloads. */
const callers = 64
const readyRows = 20
const bar = { atLeast: 0.5 }
const rateOf = ({ value }: Measured): number => value
const cpuOf = ({ cpuUs }: Measured): number | undefined => cpuUs

/**
 * C1: 30 workers claim the oldest ready spec and complete it, again and again, among as many pending specs as the store
 * has records; every fourth spec waits for the one before. A claim and a completion are an operation each, and a commit
 * of three records. Beside it, in turns, 30 callers who make plain durable updates.
 */
export const claimAndComplete: Workload = {
  id: 'C1',
  title: `claim the next and complete it, ${workers} workers, as many pending specs`,
  unit: 'ops/s',
  stage: 'changed',
  takes: [['claim', 'update']],
  async run(session) {
    const { data, timing } = session
    const updates = new Updates(data, callers)
    const store = await session.open()
    const writes = writesOf(store)
    await writes.load(new PendingSpecs(data).batches(loadBatchRows))
    const crew = new Crew(claimsOf(store))
    const before = (await crew.claims.ended()).specs
    const arm = (operation: (worker: number) => Promise<unknown>): Arm => ({
      run: (now) => closedLoop({ callers: workers, timing: now, operation }),
    })
    const taken = await inTurns(
      {
        plain: arm(async (caller) => {
          const { index, count } = updates.next(caller)
          await writes.update(data.idAt(index), data.changes(count))
        }),
        claims: arm((worker) => crew.work(worker)),
        ready: arm((worker) => crew.lookAndWork(worker)),
      },
      timing,
    )
    await crew.finish()
    await session.close()
    await checkClaims(session, crew, before)
    await checkUpdated(session, updates)
    return { ...middleOf(taken('claims')), shares: sharesOf(taken) }
  },
}

function sharesOf(turns: Turns<'plain' | 'claims' | 'ready'>): readonly Share[] {
  const plain = turns('plain')
  return [
    {
      what: 'claims and completions through plain durable updates',
      ratio: ratioOf(turns('claims'), plain, rateOf),
      bar,
    },
    {
      what: `the same, each worker asking for the ${readyRows} oldest that are ready before it claims`,
      ratio: ratioOf(turns('ready'), plain, rateOf),
      bar,
    },
    {
      what: 'processor time of a claim or completion through that of a plain update',
      ratio: ratioOf(turns('claims'), plain, cpuOf),
    },
  ]
}

/** Workers, each of whom claims, then completes, and no two of whom may be given the same. */
class Crew {
  readonly claims: Claims
  completed = 0
  readonly #held = new Map<number, HeldWork>()
  readonly #given = new Set<string>()
  readonly #looked = new Set<number>()

  constructor(claims: Claims) {
    this.claims = claims
  }

  async work(worker: number): Promise<void> {
    const held = this.#held.get(worker)
    if (held === undefined) {
      const next = await this.claims.claimNext(`worker ${worker}`)
      if (next === undefined) throw new Error('expected work for everybody, found none that is ready')
      if (this.#given.has(next.id)) throw new Error(`wrong answer: ${next.id} was given to two workers`)
      this.#given.add(next.id)
      this.#held.set(worker, next)
    } else {
      this.#held.delete(worker)
      await this.claims.complete(held)
      this.completed += 1
    }
  }

  async lookAndWork(worker: number): Promise<void> {
    if (this.#held.has(worker) || this.#looked.delete(worker)) return this.work(worker)
    this.#looked.add(worker)
    const ids = await this.claims.ready(readyRows)
    if (ids.length < readyRows) throw new Error(`wrong answer: expected ${readyRows} ready specs, found ${ids.length}`)
  }

  async finish(): Promise<void> {
    for (const worker of [...this.#held.keys()]) await this.work(worker)
  }
}

async function checkClaims(session: Session, crew: Crew, before: number): Promise<void> {
  const found = await claimsOf(await session.open()).ended()
  expectEqual(
    'specs completed and claims released, after reopening',
    { specs: before + crew.completed, claims: crew.completed },
    found,
  )
}
