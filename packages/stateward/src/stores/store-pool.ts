import { type Actor, createBatchActor } from '@stateward/actor'
import { type AskOptions, limits, type StatewardError } from '@stateward/contract'
import { FailedWakes } from './failed-wakes.ts'
import { IdleLine } from './idle-line.ts'
import type { PoolOptions, PoolStats } from './pool-options.ts'
import { stopping, tooManyWait, wakeError } from './pool-refusals.ts'
import type { PassivationCause } from './store-events.ts'
import { type Caller, type Slot, stillWaits, type Waking } from './store-slot.ts'

/** What a call has while it uses a store. */
export interface Held<S> {
  readonly store: S
  /** Exactly once. */
  readonly release: () => void
}

/**
 * Stores by name, opened when somebody asks for them and closed when nobody does. A name has one store at a time: while it
 * opens, those who ask wait together; while it closes, they wait for its next life. Where there is no room, the store that
 * nobody has used for longest makes some; where all are in use, one waits in line.
 */
export class StorePool<S> {
  readonly #options: PoolOptions<S>
  /** Answers calls that wait: bounded, each with its deadline and its signal, each settled exactly once. */
  readonly #waker: Actor<Waking<S>, StatewardError>
  readonly #slots = new Map<string, Slot<S>>()
  /** Those of them that wait for room, in line. */
  readonly #queued = new Set<Slot<S>>()
  /** Those that nobody uses, the one that was left first at the front. */
  readonly #idle: IdleLine<Slot<S>>
  readonly #opening = new Set<Slot<S>>()
  readonly #closing = new Map<string, Promise<void>>()
  readonly #failed: FailedWakes
  readonly #counts = { woken: 0, passivated: 0, wakeFailures: 0 }
  #waiting = 0
  #isStopping = false
  /** Told when nobody uses a store any more. */
  #unused: (() => void) | undefined

  constructor(options: PoolOptions<S>) {
    const { clock, timers } = options
    this.#options = options
    this.#failed = new FailedWakes(options.retry)
    this.#idle = new IdleLine({ ...options, due: (slot) => void this.#passivate(slot, 'idle') })
    this.#waker = createBatchActor<Waking<S>, StatewardError>({
      name: 'stores',
      capacity: options.maxWaiting,
      schedule: 'microtask',
      clock: { now: () => clock.monotonicMs(), setTimer: (callback, ms) => timers.after(ms, callback) },
      drain: (batch) => {
        for (const caller of batch) this.#wake(caller)
        this.#serve()
      },
    })
  }

  /**
   * The open store of this name, until it is released. What `open` rejects with; `BUSY`: too many wait; `TIMEOUT`,
   * `ABORTED`: while it waited; `CLOSED`: the pool is stopping.
   */
  async hold(name: string, { signal, timeoutMs }: AskOptions): Promise<Held<S>> {
    const open = this.#isStopping || signal?.aborted === true ? undefined : this.#slots.get(name)
    // Who finds it open must not overtake those who have waited for it.
    if (open?.store !== undefined && open.given === 0 && !(timeoutMs !== undefined && !(timeoutMs > 0))) {
      this.#use(open)
      return this.#held(open, open.store)
    }
    const { maxWaiting, wakeTimeoutMs } = this.#options
    if (this.#waiting >= maxWaiting) throw tooManyWait(maxWaiting)
    this.#waiting++
    try {
      const reply = await this.#waker.ask('wake', name, { signal, timeoutMs: timeoutMs ?? wakeTimeoutMs })
      if (!reply.ok) throw wakeError(reply.error, name)
      reply.value.given--
      if (reply.value.store === undefined) throw stopping()
      return this.#held(reply.value, reply.value.store)
    } finally {
      this.#waiting--
    }
  }

  #held(slot: Slot<S>, store: S): Held<S> {
    let leave = (): void => this.#leave(slot)
    const release = (): void => {
      leave()
      leave = () => undefined
    }
    return { store, release }
  }

  #use(slot: Slot<S>): void {
    slot.users++
    this.#idle.delete(slot)
  }

  #leave(slot: Slot<S>): void {
    slot.users--
    if (slot.users > 0) return
    if (this.#slots.get(slot.name) !== slot) return
    this.#idle.add(slot)
    this.#serve()
    if (this.#idle.size === this.#slots.size) this.#unused?.()
  }

  /** One call asks for a store that was not open when it did. */
  #wake(caller: Caller<S>): void {
    const { body: name } = caller
    if (this.#isStopping) return void caller.settle({ ok: false, error: stopping() })
    const slot = this.#slots.get(name)
    if (slot !== undefined) {
      if (slot.store === undefined) this.#line(slot, caller)
      else this.#give(slot, caller)
      return
    }
    const reason = this.#failed.reason(name, this.#options.clock.monotonicMs())
    if (reason !== undefined) return void caller.settle({ ok: false, error: reason })
    const made: Slot<S> = {
      name,
      callers: [caller],
      opened: undefined,
      store: undefined,
      users: 0,
      given: 0,
    }
    this.#slots.set(name, made)
    this.#queued.add(made)
  }

  /** Those who have given up are forgotten before there are more of them than may wait. */
  #line(slot: Slot<S>, caller: Caller<S>): void {
    const { clock, maxWaiting } = this.#options
    const now = clock.monotonicMs()
    if (slot.callers.length >= maxWaiting) slot.callers = slot.callers.filter((one) => stillWaits(one, now))
    slot.callers.push(caller)
  }

  #give(slot: Slot<S>, caller: Caller<S>): void {
    // Counted before it is told: from then on the store must not go away.
    if (!caller.settle({ ok: true, value: slot })) return
    slot.given++
    this.#use(slot)
  }

  get #heldOpen(): number {
    return this.#slots.size - this.#queued.size + this.#closing.size
  }

  /** Opens those in line for which there is room, and makes room for the rest where nobody uses what takes it. */
  #serve(): void {
    for (const slot of this.#queued) {
      if (this.#heldOpen >= this.#options.maxOpen) break
      if (!this.#closing.has(slot.name) && this.#isWanted(slot)) {
        this.#queued.delete(slot)
        slot.opened = this.#open(slot)
      }
    }
    if (this.#idle.size === 0) return
    // Not before it is known for whom: a store is not closed for those who have given up.
    for (const slot of this.#queued) this.#isWanted(slot)
    for (const oldest of this.#idle) {
      if (this.#queued.size <= this.#closing.size) return
      void this.#passivate(oldest, 'room')
    }
  }

  /** Whether anybody still waits for one in line; if not, it is in line no longer. */
  #isWanted(slot: Slot<S>): boolean {
    const now = this.#options.clock.monotonicMs()
    if (slot.callers.some((caller) => stillWaits(caller, now))) return true
    this.#queued.delete(slot)
    this.#slots.delete(slot.name)
    return false
  }

  async #open(slot: Slot<S>): Promise<void> {
    const { name } = slot
    const { open, clock, tell } = this.#options
    const began = clock.monotonicMs()
    this.#opening.add(slot)
    try {
      slot.store = await open(name)
      this.#failed.opened(name)
      this.#counts.woken++
      if (this.#slots.get(name) !== slot) throw stopping()
      // Whoever waits is counted as a user first, so that nobody passivates it in between.
      slot.users++
      for (const caller of slot.callers.splice(0)) this.#give(slot, caller)
      tell({ kind: 'woken', name, tookMs: clock.monotonicMs() - began })
      this.#leave(slot)
    } catch (thrown) {
      if (this.#slots.get(name) === slot) this.#notOpened(slot, thrown)
      else for (const caller of slot.callers.splice(0)) caller.settle({ ok: false, error: wakeError(thrown, name) })
    } finally {
      this.#opening.delete(slot)
    }
  }

  #notOpened({ name, callers }: Slot<S>, thrown: unknown): void {
    const { clock, tell } = this.#options
    const error = wakeError(thrown, name)
    const retryInMs = this.#failed.failed(name, error, clock.monotonicMs())
    this.#counts.wakeFailures++
    this.#slots.delete(name)
    tell({ kind: 'wake-failed', name, code: error.code, message: error.message, retryInMs })
    for (const caller of callers.splice(0)) caller.settle({ ok: false, error })
    this.#serve()
    if (this.#idle.size === this.#slots.size) this.#unused?.()
  }

  /** Closes a store that nobody uses. Who asks for it from now on waits for its next life. Never rejects. */
  #passivate(slot: Slot<S>, why: PassivationCause): Promise<void> {
    const { name } = slot
    this.#idle.delete(slot)
    this.#slots.delete(name)
    const closing = this.#close(slot, why).then(() => {
      this.#closing.delete(name)
      this.#serve()
    })
    this.#closing.set(name, closing)
    return closing
  }

  async #close(slot: Slot<S>, why: PassivationCause): Promise<void> {
    const { name } = slot
    const { clock, close, tell } = this.#options
    const began = clock.monotonicMs()
    await slot.opened
    const { store } = slot
    slot.store = undefined
    try {
      if (store !== undefined) await close(store)
      this.#counts.passivated++
      tell({ kind: 'passivated', name, why, tookMs: clock.monotonicMs() - began })
    } catch (error) {
      tell({ kind: 'close-failed', name, message: String(error) })
    }
  }

  /** Closes the store of this name now, if nobody uses it. `false`: somebody does, or it is about to open for somebody. */
  async passivate(name: string): Promise<boolean> {
    const slot = this.#slots.get(name)
    if (slot === undefined) await this.#closing.get(name)
    else if (this.#idle.has(slot)) await this.#passivate(slot, 'asked')
    return !this.#slots.has(name)
  }

  /** Whether somebody has it or waits for it, so that it is there or is being made. */
  isHeld(name: string): boolean {
    return this.#slots.has(name)
  }

  get stats(): PoolStats {
    const open = this.#slots.size - this.#queued.size - this.#opening.size
    return {
      open,
      inUse: open - this.#idle.size,
      opening: this.#opening.size,
      passivating: this.#closing.size,
      queued: this.#queued.size,
      waiting: this.#waiting,
      ...this.#counts,
    }
  }

  /** No call is taken from here on; those that wait for room hear `CLOSED`, those whose store opens are still served. */
  stopIntake(): void {
    this.#isStopping = true
    for (const { name, callers } of this.#queued) {
      this.#slots.delete(name)
      for (const caller of callers) caller.settle({ ok: false, error: stopping() })
    }
    this.#queued.clear()
    this.#idle.rest()
  }

  /** Settles when nobody uses a store any more. */
  async unused(): Promise<void> {
    if (this.#idle.size === this.#slots.size) return
    await new Promise<void>((resolve) => {
      this.#unused = resolve
    })
  }

  /** Closes every store, in use or not; settles when all are. Never rejects. */
  async closeAll(): Promise<void> {
    for (const slot of [...this.#slots.values()]) void this.#passivate(slot, 'stop')
    await Promise.all(this.#closing.values())
    await this.#waker.stop({ drain: false, timeoutMs: limits.closeTimeoutMs })
  }

  /** The names of stores that are in use or opening. */
  get used(): readonly string[] {
    return [...this.#slots.values()].filter((slot) => !this.#idle.has(slot)).map(({ name }) => name)
  }

  /** The same, and of those that are closing. */
  get unsettled(): readonly string[] {
    return [...this.used, ...this.#closing.keys()]
  }
}
