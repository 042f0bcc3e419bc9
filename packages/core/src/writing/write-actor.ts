import { type Actor, createBatchActor, type DeliveryOf } from '@stateward/actor'
import { type Domain, limits, StatewardError, type Storage } from '@stateward/contract'
import type { CommandGround } from '../deciding/commanding.ts'
import type { HookRunner } from '../deciding/commit-hooks.ts'
import type { DecidedWrite } from '../deciding/decided.ts'
import type { Step } from '../deciding/step.ts'
import type { DonePart, Made, Result, TxidEntry, TxidWindow } from '../deciding/txid-window.ts'
import { Undecided } from '../deciding/undecided.ts'
import type { Write } from '../deciding/write.ts'
import type { Observation } from '../observation/observation.ts'
import type { HeadLayer } from '../records/heads.ts'
import { IndexUnbuilt, isSuspension, PendingCheck, type Suspension } from '../records/suspension.ts'
import type { Environment } from '../scheduling/environment.ts'
import { TimeSlice } from '../scheduling/time-slice.ts'
import { timestamps } from '../scheduling/timestamps.ts'
import { durableOf } from '../state/durable-of.ts'
import type { Live } from '../state/live.ts'
import type { Projections } from '../state/projections.ts'
import { textOf } from '../validation/storage-error.ts'
import { coldTargets } from './cold-targets.ts'
import { type LogPump, stopped } from './log-pump.ts'
import type { Past } from './past.ts'
import { repeatedAnswer } from './repeated-answer.ts'
import { resultsOf } from './results-of.ts'

/** What the actor answers to any write; `answer.ts` makes of it what the message promises. */
export interface Written {
  readonly seq: number
  readonly results: readonly Result[]
  /** Of a command: what each of `results` is a version of. */
  readonly made?: readonly Made[]
}

/** The actor's one message. */
export interface WriteProtocol {
  write: { ask: Write; answer: Written }
}

/** A line that is longer than can be decided in so many turns goes to the disk in parts. */
const slicesPerSync = 16

type WriteDelivery = DeliveryOf<WriteProtocol, 'write', StatewardError>

/** One message while it is being decided. */
interface Attempt {
  readonly delivery: WriteDelivery
  /** How far it has come; `undefined` when it has to begin. */
  undecided: Undecided | undefined
}

export interface WriteActorOptions {
  readonly domain: Domain
  readonly live: Live
  /** Decided and not yet durable; the same object that the pump forgets. */
  readonly pending: HeadLayer
  readonly pump: LogPump
  readonly txids: TxidWindow
  readonly caps: Storage['caps']
  readonly environment: Environment
  readonly hooks: HookRunner
  readonly past: Past
  readonly projections: Projections
  readonly observation: Observation
  readonly mailbox: { readonly capacity: number; readonly overflow: 'reject' | 'wait' }
}

/**
 * The one actor that owns all writing. It takes everything that waits, decides it message by message, each on top of the
 * ones before, and hands the commits over as one group; while that is being synced it decides the next.
 */
export function writeActor(options: WriteActorOptions): Actor<WriteProtocol, StatewardError> {
  const worker = new WriteWorker(options)
  const { clock, setTimer } = options.environment
  return createBatchActor<WriteProtocol, StatewardError>({
    name: 'state manager',
    capacity: options.mailbox.capacity,
    overflow: options.mailbox.overflow,
    maxBatch: limits.batchAsks,
    clock: { now: () => clock.monotonicMs(), setTimer },
    drain: (batch) => worker.drain(batch),
  })
}

class WriteWorker {
  readonly #options: WriteActorOptions
  readonly #now: () => string
  /** What a command looks at beside what is decided already. */
  readonly #ground: Pick<CommandGround, 'durable' | 'projection'>
  /** Writes with a txid that are on their way: a second one with the same txid hears what the first one hears. */
  readonly #underWay = new Map<string, WriteDelivery[]>()
  /** Decided in this drain and not handed over yet, and how many commits that is. */
  #group: DecidedWrite[] = []
  #ahead = 0

  constructor(options: WriteActorOptions) {
    this.#options = options
    this.#now = timestamps(options.environment.clock)
    const { live, projections } = options
    this.#ground = {
      durable: durableOf(live),
      projection: (kind) => projections.get(kind),
    }
  }

  async drain(batch: readonly WriteDelivery[]): Promise<void> {
    const { live, pending, past, pump, observation, environment } = this.#options
    const slice = new TimeSlice(environment.clock)
    let slices = 0
    observation.messages.taken()
    if (!live.whole.isReached) await live.whole.reached()
    const cold = coldTargets(
      live,
      pending,
      batch.map(({ body }) => body),
    )
    // Together, because one by one each would cost a read and a group of its own. Who is refused for it will hear so below.
    if (cold.length > 0) await live.warm(cold).catch(() => undefined)
    for (const delivery of batch) {
      if (slice.isOver()) {
        // Who reads must not wait until a long line is decided; what is decided of it goes to the disk together, now and then.
        pump.hold()
        this.#submit()
        if (++slices % slicesPerSync === 0) pump.release()
        await environment.breathe()
        slice.begin()
      }
      const attempt: Attempt = { delivery, undecided: undefined }
      const missing = this.#attempt(attempt)
      if (missing === undefined) continue
      // What waits for the disk must not hold up what is decided already.
      this.#submit()
      pump.release()
      await this.#resume(attempt, missing)
    }
    this.#submit()
    pump.release()
    live.pinned.clear()
    past.forget()
    await pump.room()
  }

  #submit(): void {
    const group = this.#group
    this.#group = []
    this.#ahead = 0
    this.#options.pump.submit(group)
  }

  /** Decides one message and answers `undefined`; or says what has to be there before it can be decided. */
  #attempt(attempt: Attempt): Suspension | undefined {
    const { delivery } = attempt
    try {
      const { failure } = this.#options.pump
      if (failure !== undefined) throw stopped(failure)
      if (this.#answeredBefore(delivery)) return undefined
      const done = this.#doneParts(delivery.body)
      const conflict = delivery.body.transaction?.conflict(this.#options.live, this.#options.pending)
      if (conflict !== undefined) throw conflict
      attempt.undecided ??= this.#begin(delivery.body, done.at(-1)?.to ?? 0)
      attempt.undecided.run()
      const earlier = done.flatMap((part) => this.#repeated(delivery.body.steps.slice(part.from, part.to), part.entry))
      this.#accept(delivery, attempt.undecided, earlier)
    } catch (reason) {
      if (isSuspension(reason)) return reason
      this.#refuse(delivery, reason)
    }
    return undefined
  }

  async #resume(attempt: Attempt, first: Suspension): Promise<void> {
    const { pump } = this.#options
    try {
      for (let missing: Suspension | undefined = first; missing !== undefined; missing = this.#attempt(attempt)) {
        const { generation } = pump
        await this.#settleWait(missing)
        // What it was decided on is void.
        if (generation !== pump.generation) attempt.undecided = undefined
      }
    } catch (reason) {
      this.#refuse(attempt.delivery, reason)
    }
  }

  async #settleWait(wait: Suspension): Promise<void> {
    const { live, environment } = this.#options
    if (wait instanceof PendingCheck) await wait.settled
    else if (wait instanceof IndexUnbuilt) await wait.built(environment.breathe)
    else await live.warm(wait.requests)
  }

  #doneParts({ txid }: Write): readonly DonePart[] {
    return txid === undefined ? [] : this.#options.txids.doneParts(txid)
  }

  #begin(write: Write, skip: number): Undecided {
    const { pending, domain, pump, caps, past, hooks } = this.#options
    return new Undecided({
      write,
      skip,
      base: pending,
      domain,
      timestamp: write.transaction?.timestamp ?? this.#now(),
      lastSeq: pump.planned + this.#ahead,
      caps,
      hooks,
      last: (type, id) => past.last(type, id),
      ...this.#ground,
    })
  }

  #repeated(steps: readonly Step[], entry: TxidEntry): readonly Result[] {
    return repeatedAnswer(steps, entry, (made) => this.#options.past.version(made))
  }

  #accept(delivery: WriteDelivery, undecided: Undecided, earlier: readonly Result[]): void {
    const { pump, pending } = this.#options
    const { txid } = delivery.body
    const written: Written = {
      seq: undecided.commits.at(-1)?.seq ?? pump.planned + this.#ahead,
      ...resultsOf(delivery.body, undecided, earlier),
    }
    if (undecided.commits.length === 0) {
      // What it found may not be durable yet, and must not be told before it is.
      if (pump.idle && this.#ahead === 0) delivery.settle({ ok: true, value: written })
      else void this.#settleLater(delivery, written)
      return
    }
    if (!delivery.claim({ onTimeout: tooLate })) return
    this.#ahead += undecided.commits.length
    undecided.settleInto(pending)
    if (txid !== undefined) this.#underWay.set(txid, [])
    this.#group.push({
      commits: undecided.commits,
      durability: delivery.body.durability,
      settle: (error) => this.#settle(delivery, written, error),
    })
  }

  async #settleLater(delivery: WriteDelivery, written: Written): Promise<void> {
    const { pump } = this.#options
    const { generation } = pump
    // Not before what this drain has decided is handed over, or there is nothing to wait for.
    await Promise.resolve()
    await pump.drained()
    if (generation === pump.generation) delivery.settle({ ok: true, value: written })
    else this.#refuse(delivery, new StatewardError('BUSY', 'the write that this answer rests on has failed; try again'))
  }

  #settle(delivery: WriteDelivery, written: Written, error: unknown): void {
    const { txid } = delivery.body
    const waiting = txid === undefined ? [] : (this.#underWay.get(txid) ?? [])
    if (txid !== undefined) this.#underWay.delete(txid)
    for (const one of [delivery, ...waiting]) {
      if (error === undefined) one.settle({ ok: true, value: written })
      else this.#refuse(one, error)
    }
  }

  /** Answers a write that carries the txid of one that is in the log, or on its way there. */
  #answeredBefore(delivery: WriteDelivery): boolean {
    const { txid, steps } = delivery.body
    if (txid === undefined) return false
    const underWay = this.#underWay.get(txid)
    if (underWay !== undefined) {
      if (delivery.claim({ onTimeout: tooLate })) underWay.push(delivery)
      return true
    }
    const entry = this.#options.txids.get(txid)
    if (entry === undefined) return false
    // Of a command it is not known which steps it had; what it left is what the line says.
    const left = delivery.body.command === undefined ? {} : { made: entry.made }
    const results = left.made?.map((one) => this.#options.past.version(one)) ?? this.#repeated(steps, entry)
    delivery.settle({ ok: true, value: { seq: entry.seq, results, ...left } })
    return true
  }

  #refuse(delivery: WriteDelivery, reason: unknown): void {
    const error =
      reason instanceof StatewardError
        ? reason
        : new StatewardError('INVALID', `a rule or guard of the domain threw: ${textOf(reason)}`, { cause: reason })
    delivery.settle({ ok: false, error })
  }
}

function tooLate(): StatewardError {
  return new StatewardError(
    'UNKNOWN',
    'the time was up after the write had been handed to the storage; it may land; ask again with the same txid to know',
  )
}
