import type { AskOptions, StopOptions, StopReport } from '../actor.ts'
import { ActorError } from '../actor-error.ts'
import type { ActorStats } from '../actor-stats.ts'
import { kernelOptions } from '../create-batch-actor.ts'
import type { Delivery } from '../delivery.ts'
import { Kernel } from '../kernel.ts'
import { limits } from '../limits.ts'
import type { Kind, Protocol } from '../protocol.ts'
import type { Failure, Reply } from '../reply.ts'
import { within } from '../within.ts'
import type { Child, Parent } from './child.ts'
import type { BatchSpawnOptions, Children, LifeEnd } from './children.ts'
import type { Crash } from './crash.ts'
import { type End, Ending } from './ending.ts'
import type { Environment } from './environment.ts'
import { OneLife } from './one-life.ts'
import type { ActorRef, LifeState } from './ref.ts'

export interface Home {
  readonly parent: Parent
  readonly environment: Environment
  /** Makes a supervisor for an actor's own children. */
  readonly nest: (parent: Parent) => Children & Child
}

interface Times {
  readonly startTimeoutMs?: number
  readonly handleTimeoutMs?: number
  readonly stopTimeoutMs?: number
}

/** One mailbox and one life after the other: the kernel takes messages in and holds them while nobody is there to handle them. */
export class SupervisedActor<P extends Protocol<P>, E extends Failure> implements ActorRef<P, E>, Child, Parent {
  readonly name: string
  readonly #options: BatchSpawnOptions<P, E>
  readonly #home: Home
  readonly #kernel: Kernel<P, E>
  readonly #ending: Ending
  readonly #stopTimeoutMs: number
  #state: LifeState = 'starting'
  #life: OneLife<P, E> | undefined
  #lives = 0
  /** Whether what is in hand belongs to a life that has crashed, and is not worth waiting for. */
  #hasCrashed = false
  /** The crash of a handler that still runs. */
  #hang: ActorError | undefined
  #cancelHandleTimer: (() => void) | undefined
  #stopped: Promise<StopReport> | undefined

  /** Throws `INVALID`. `options.name` is the whole path. */
  constructor(options: BatchSpawnOptions<P, E>, home: Home) {
    const { clock, deadLetters, schedule, tell } = home.environment
    this.name = options.name
    this.#options = options
    this.#home = home
    this.#stopTimeoutMs = options.stopTimeoutMs ?? limits.stopTimeoutMs
    expectTimes(options)
    this.#kernel = new Kernel<P, E>(
      kernelOptions({
        ...(schedule !== undefined && { schedule }),
        ...options,
        ...{ clock, deadLetters },
        drain: (batch) => this.#drain(batch),
      }),
    )
    this.#kernel.hold()
    this.#kernel.onFailure = (error) => this.#crash('message', error)
    this.#ending = new Ending((error) => tell({ type: 'hook-failed', actor: this.name, hook: 'watch', error }))
  }

  get state(): LifeState {
    return this.#state
  }

  get restarts(): number {
    return Math.max(0, this.#lives - 1)
  }

  get depth(): number {
    return this.#kernel.depth
  }

  get ended(): Promise<End> {
    return this.#ending.ended
  }

  watch(watcher: (end: End) => void): () => void {
    return this.#ending.watch(watcher)
  }

  ask<K extends Kind<P>>(
    kind: K,
    body: P[K]['ask'],
    options?: AskOptions,
  ): Promise<Reply<P[K]['answer'], E | ActorError>> {
    return this.#kernel.ask(kind, body, options)
  }

  tell<K extends Kind<P>>(kind: K, body: P[K]['ask']): Reply<void> {
    return this.#kernel.tell(kind, body)
  }

  stats(): ActorStats {
    return this.#kernel.stats()
  }

  begin(): void {
    if (this.#stopped !== undefined) return
    this.#state = 'starting'
    this.#hasCrashed = false
    // What the last life could not handle this one may.
    this.#kernel.unstash()
    const { environment, nest } = this.#home
    const restarts = this.#lives++
    const life = new OneLife<P, E>({
      ...{ name: this.name, environment, restarts, stopTimeoutMs: this.#stopTimeoutMs },
      startTimeoutMs: this.#options.startTimeoutMs ?? limits.startTimeoutMs,
      nest: () => nest(this),
      unstash: () => this.#kernel.unstash(),
      started: () => this.#started(restarts),
      failed: (error) => this.#crash('start', error),
    })
    this.#life = life
    life.begin(this.#options.start)
  }

  suspend(): void {
    if (this.#stopped !== undefined) return
    this.#state = 'restarting'
    this.#kernel.hold()
  }

  async rest(cause: unknown): Promise<void> {
    // Its life is needed until its queue is handled.
    if (this.#stopped !== undefined) return
    this.suspend()
    const life = this.#life
    await this.#freeHands(cause)
    await this.#endLife('crash', life)
  }

  stop(options: StopOptions = {}): Promise<StopReport> {
    if (this.#stopped === undefined) {
      const isUp = this.#state === 'running' || this.#state === 'starting'
      this.#stopped = this.#stop(isUp ? options : { ...options, drain: false })
    } else {
      void this.#kernel.stop(options)
      this.#life?.hasten(options)
    }
    return this.#stopped
  }

  giveUp(cause: unknown): Promise<StopReport> {
    this.#stopped ??= this.#giveUp(cause)
    return this.#stopped
  }

  /** One of its own children was too much for their supervisor: it has crashed itself. */
  crashed(_: Child, { error }: Crash): void {
    this.#crash('children', error)
  }

  left(): void {}

  #drain(batch: readonly Delivery<P, E>[]): void | PromiseLike<void> {
    const pending = this.#life?.running?.drain(batch)
    const { handleTimeoutMs = Number.POSITIVE_INFINITY } = this.#options
    if (pending === undefined || handleTimeoutMs === Number.POSITIVE_INFINITY) return pending
    return this.#timed(pending, handleTimeoutMs)
  }

  /** Rejects when the time is up first; unlike `within`, whoever gives the message up can end the timer. */
  #timed(pending: PromiseLike<void>, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#home.environment.clock.setTimer(() => {
        const text = `actor "${this.name}" expects a message to be handled within ${timeoutMs} ms`
        this.#hang = new ActorError('TIMEOUT', text)
        reject(this.#hang)
      }, timeoutMs)
      this.#cancelHandleTimer = cancel
      pending.then(resolve, reject).then(cancel)
    })
  }

  #started(restarts: number): void {
    // It came up after others had made it restart: this life is about to end, and handles nothing.
    if (this.#state === 'restarting') return
    if (this.#state === 'starting') {
      this.#state = 'running'
      this.#home.environment.tell({ type: 'started', actor: this.name, restarts })
    }
    // Also when it is stopping: what is queued is handled before the end.
    this.#kernel.release()
  }

  #crash(during: Crash['during'], error: unknown): void {
    // Who stops it waits for the queue: of one that never came up, or where the next would be handled beside one that hangs.
    const isHopeless = during === 'start' || (error !== undefined && error === this.#hang)
    if (this.#stopped !== undefined && isHopeless) void this.#kernel.stop({ drain: false })
    if (this.#state !== 'running' && this.#state !== 'starting') return
    this.suspend()
    this.#hasCrashed = during === 'message'
    const crash: Crash = { actor: this.name, during, error }
    this.#home.parent.crashed(this, crash, during === 'message' ? () => this.#resume() : undefined)
  }

  #resume(): void {
    if (this.#stopped !== undefined) return
    this.#hasCrashed = false
    this.#state = 'running'
    this.#kernel.release()
  }

  /** What is in hand is finished, or given up when that takes too long. */
  async #freeHands(cause: unknown): Promise<void> {
    const kernel = this.#kernel
    if (kernel.isBusy && !this.#hasCrashed) {
      const idle = new Promise<void>((resolve) => {
        kernel.onIdle = resolve
      })
      await within(idle, this.#stopTimeoutMs, this.#home.environment.clock)
      kernel.onIdle = undefined
    }
    if (kernel.isBusy) kernel.abandon(cause)
  }

  #endLife(why: LifeEnd, life: OneLife<P, E> | undefined = this.#life): Promise<void> | undefined {
    this.#cancelHandleTimer?.()
    return life?.end(why)
  }

  async #stop(options: StopOptions): Promise<StopReport> {
    this.#state = 'stopping'
    const report = await this.#kernel.stop(options)
    await this.#endLife('stop')
    this.#end({ actor: this.name, why: 'stopped' })
    return report
  }

  async #giveUp(error: unknown): Promise<StopReport> {
    this.#state = 'stopping'
    if (this.#hasCrashed) this.#kernel.abandon(error)
    const report = await this.#kernel.stop({ drain: false, timeoutMs: this.#stopTimeoutMs })
    await this.#endLife('crash')
    this.#end({ actor: this.name, why: 'crashed', error })
    return report
  }

  #end(end: End): void {
    if (this.#state === 'stopped') return
    this.#state = 'stopped'
    this.#home.parent.left(this)
    this.#home.environment.tell({ type: 'ended', ...end })
    this.#ending.end(end)
  }
}

function expectTimes({
  name,
  startTimeoutMs,
  handleTimeoutMs,
  stopTimeoutMs,
}: Times & { readonly name: string }): void {
  for (const [option, value] of Object.entries({ startTimeoutMs, handleTimeoutMs, stopTimeoutMs })) {
    if (value === undefined || value >= 0) continue
    throw new ActorError('INVALID', `actor "${name}" expects ${option} to be milliseconds from 0, found ${value}`)
  }
}
