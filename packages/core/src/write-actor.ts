import { type Actor, createBatchActor, type DeliveryOf } from '@stateward/actor'
import {
  type Clock,
  type Deleted,
  type Domain,
  limits,
  StatewardError,
  type Storage,
  type StoredRecord,
} from '@stateward/contract'
import type { DecidedWrite } from './decided.ts'
import type { HeadLayer } from './heads.ts'
import type { Live } from './live.ts'
import { type LogPump, stopped } from './log-pump.ts'
import type { Resurrection } from './resurrection.ts'
import { ColdBodies, PendingCheck, type Suspension } from './suspension.ts'
import { timestamps } from './timestamps.ts'
import type { TxidEntry, TxidWindow } from './txid-window.ts'
import { Undecided } from './undecided.ts'
import type { Write } from './write.ts'

/** What the actor answers to any write; `answer.ts` makes of it what the message promises. */
export interface Written {
  readonly seq: number
  readonly results: readonly (StoredRecord | Deleted)[]
}

/** The actor's one message. */
export interface WriteProtocol {
  write: { ask: Write; answer: Written }
}

type WriteDelivery = DeliveryOf<WriteProtocol, 'write', StatewardError>

export interface WriteActorOptions {
  readonly domain: Domain
  readonly live: Live
  /** Decided and not yet durable; the same object that the pump forgets. */
  readonly pending: HeadLayer
  readonly pump: LogPump
  readonly txids: TxidWindow
  readonly caps: Storage['caps']
  readonly clock: Clock
  readonly resurrection: Resurrection
  readonly mailbox: { readonly capacity: number; readonly overflow: 'reject' | 'wait' }
}

/**
 * The one actor that owns all writing. It takes everything that waits, decides it message by message, each on top of the
 * ones before, and hands the commits over as one group; while that is being synced it decides the next.
 */
export function writeActor(options: WriteActorOptions): Actor<WriteProtocol, StatewardError> {
  const worker = new WriteWorker(options)
  return createBatchActor<WriteProtocol, StatewardError>({
    name: 'state manager',
    capacity: options.mailbox.capacity,
    overflow: options.mailbox.overflow,
    maxBatch: limits.batchAsks,
    drain: (batch) => worker.drain(batch),
  })
}

class WriteWorker {
  readonly #options: WriteActorOptions
  readonly #now: () => string
  /** Writes with a txid that are on their way: a second one with the same txid hears what the first one hears. */
  readonly #underWay = new Map<string, WriteDelivery[]>()
  /** Decided in this drain and not handed over yet, and how many commits that is. */
  #group: DecidedWrite[] = []
  #ahead = 0

  constructor(options: WriteActorOptions) {
    this.#options = options
    this.#now = timestamps(options.clock)
  }

  async drain(batch: readonly WriteDelivery[]): Promise<void> {
    for (const delivery of batch) {
      const missing = this.#attempt(delivery)
      if (missing === undefined) continue
      // What waits for the disk must not hold up what is decided already.
      this.#submit()
      await this.#resume(delivery, missing)
    }
    this.#submit()
    await this.#options.pump.room()
  }

  #submit(): void {
    const group = this.#group
    this.#group = []
    this.#ahead = 0
    this.#options.pump.submit(group)
  }

  /** Decides one message and answers `undefined`; or says what has to be there before it can be decided. */
  #attempt(delivery: WriteDelivery): Suspension | undefined {
    try {
      const { failure } = this.#options.pump
      if (failure !== undefined) throw stopped(failure)
      if (this.#answeredBefore(delivery)) return undefined
      const undecided = this.#begin(delivery.body)
      const missing = tryRun(undecided)
      if (missing === undefined) this.#accept(delivery, undecided)
      return missing
    } catch (reason) {
      this.#refuse(delivery, reason)
      return undefined
    }
  }

  async #resume(delivery: WriteDelivery, first: Suspension): Promise<void> {
    try {
      let { generation } = this.#options.pump
      let undecided = this.#begin(delivery.body)
      for (let missing: Suspension | undefined = first; missing !== undefined; missing = tryRun(undecided)) {
        await this.#settleWait(missing)
        if (generation === this.#options.pump.generation) continue
        generation = this.#options.pump.generation
        undecided = this.#begin(delivery.body)
      }
      this.#accept(delivery, undecided)
    } catch (reason) {
      this.#refuse(delivery, reason)
    } finally {
      this.#options.live.pinned.clear()
    }
  }

  async #settleWait(wait: Suspension): Promise<void> {
    if (wait instanceof PendingCheck) await wait.settled
    else await this.#options.live.warm(wait.requests)
  }

  #begin(write: Write): Undecided {
    const { pending, domain, pump, caps, txids, resurrection } = this.#options
    const skip = write.txid === undefined ? 0 : txids.doneRows(write.txid).rows
    return new Undecided({
      write,
      skip,
      base: pending,
      domain,
      timestamp: this.#now(),
      lastSeq: pump.planned + this.#ahead,
      caps,
      lastVersion: (type, id) => resurrection.lastVersion(type, id),
    })
  }

  #accept(delivery: WriteDelivery, undecided: Undecided): void {
    const { pump, pending, txids } = this.#options
    const { txid } = delivery.body
    const earlier = txid === undefined ? [] : txids.doneRows(txid).results
    const written: Written = {
      seq: undecided.commits.at(-1)?.seq ?? pump.planned + this.#ahead,
      results: [...earlier, ...undecided.results],
    }
    if (undecided.commits.length === 0) {
      // What it found may not be durable yet, and must not be told before it is.
      if (pump.idle && this.#ahead === 0) delivery.settle({ ok: true, value: written })
      else void this.#settleLater(delivery, written)
      return
    }
    if (!delivery.claim({ onTimeout: tooLate })) return
    this.#ahead += undecided.commits.length
    pending.absorb(undecided.layer)
    if (txid !== undefined) this.#underWay.set(txid, [])
    this.#group.push({
      commits: undecided.commits,
      durability: delivery.body.durability,
      settle: (error) => this.#settle(delivery, written, error),
    })
  }

  async #settleLater(delivery: WriteDelivery, written: Written): Promise<void> {
    const { pump } = this.#options
    // Not before what this drain has decided is handed over, or there is nothing to wait for.
    await Promise.resolve()
    const { generation } = pump
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
    const { txid } = delivery.body
    if (txid === undefined) return false
    const underWay = this.#underWay.get(txid)
    if (underWay !== undefined) {
      if (delivery.claim({ onTimeout: tooLate })) underWay.push(delivery)
      return true
    }
    const entry: TxidEntry | undefined = this.#options.txids.get(txid)
    if (entry !== undefined) delivery.settle({ ok: true, value: entry })
    return entry !== undefined
  }

  #refuse(delivery: WriteDelivery, reason: unknown): void {
    const error =
      reason instanceof StatewardError
        ? reason
        : new StatewardError('INVALID', `a rule or guard of the domain threw: ${String(reason)}`, { cause: reason })
    delivery.settle({ ok: false, error })
  }
}

/** Runs until something is missing: answers with that, or with `undefined` when all is decided. */
function tryRun(undecided: Undecided): Suspension | undefined {
  try {
    undecided.run()
    return undefined
  } catch (reason) {
    if (reason instanceof ColdBodies || reason instanceof PendingCheck) return reason
    throw reason
  }
}

function tooLate(): StatewardError {
  return new StatewardError(
    'UNKNOWN',
    'the time was up after the write had been handed to the storage; it may land; ask again with the same txid to know',
  )
}
