import type { StopOptions } from '../actor.ts'
import { ActorError } from '../actor-error.ts'
import { isPromiseLike } from '../is-promise-like.ts'
import type { Protocol } from '../protocol.ts'
import type { Failure } from '../reply.ts'
import { within } from '../within.ts'
import type { Child } from './child.ts'
import type { BatchLife, Children, LifeEnd, StartContext } from './children.ts'
import type { End } from './ending.ts'
import type { Environment } from './environment.ts'
import type { Mortal } from './ref.ts'

export interface LifeOptions {
  readonly name: string
  readonly restarts: number
  readonly environment: Environment
  readonly startTimeoutMs: number
  readonly stopTimeoutMs: number
  /** Makes the supervisor of this life's children, when it has any. */
  readonly nest: () => Children & Child
  readonly unstash: () => number
  /** Told once how the start went, and not at all when the life was ended before. */
  readonly started: () => void
  readonly failed: (error: unknown) => void
}

/** An actor from its `start` to its hook `stop`: what is made anew when it restarts. */
export class OneLife<P extends Protocol<P>, E extends Failure> implements StartContext {
  readonly #options: LifeOptions
  /** Made when somebody asks for the signal. */
  #controller: AbortController | undefined
  readonly #watches = new Set<() => void>()
  #nest: (Children & Child) | undefined
  #running: BatchLife<P, E> | undefined
  /** Settles, and never rejects, when `start` has; absent when it did so at once. */
  #starting: Promise<void> | undefined
  #cancelStartTimer: (() => void) | undefined
  #isFailed = false
  #isOver = false
  #isEnded = false
  #ended: Promise<void> | undefined

  constructor(options: LifeOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  get restarts(): number {
    return this.#options.restarts
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#isEnded) this.#controller.abort(this.#overError())
    return this.#controller.signal
  }

  get children(): Children {
    if (this.#isEnded) throw this.#overError()
    this.#nest ??= this.#options.nest()
    return this.#nest
  }

  /** What handles messages; `undefined` before it is started. */
  get running(): BatchLife<P, E> | undefined {
    return this.#running
  }

  watch(other: Mortal, watcher: (end: End) => void): void {
    if (this.#isEnded) return
    const unwatch = other.watch((end) => {
      this.#watches.delete(unwatch)
      watcher(end)
    })
    this.#watches.add(unwatch)
  }

  unstash(): number {
    return this.#isEnded ? 0 : this.#options.unstash()
  }

  begin(start: (context: StartContext) => BatchLife<P, E> | PromiseLike<BatchLife<P, E>>): void {
    try {
      const running = start(this)
      if (isPromiseLike(running)) this.#await(running)
      else this.#succeed(running)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Stops its children sooner than they would. */
  hasten(options: StopOptions): void {
    void this.#nest?.stop(options)
  }

  /** Ends this life, once; a start that is under way is waited for, within bounds. Never rejects. */
  end(why: LifeEnd): Promise<void> {
    this.#ended ??= this.#end(why)
    return this.#ended
  }

  #await(pending: PromiseLike<BatchLife<P, E>>): void {
    const { startTimeoutMs, environment, name } = this.#options
    if (startTimeoutMs !== Number.POSITIVE_INFINITY) {
      this.#cancelStartTimer = environment.clock.setTimer(() => {
        this.#fail(new ActorError('TIMEOUT', `actor "${name}" expects start to settle within ${startTimeoutMs} ms`))
      }, startTimeoutMs)
    }
    this.#starting = Promise.resolve(pending).then(
      (running) => this.#succeed(running),
      (error: unknown) => this.#fail(error),
    )
  }

  #succeed(running: BatchLife<P, E>): void {
    this.#cancelStartTimer?.()
    if (typeof running?.drain !== 'function') {
      const { name } = this.#options
      this.#fail(new ActorError('INVALID', `actor "${name}" expects start to return its handlers or its drain`))
      return
    }
    this.#running = running
    if (!this.#isFailed && !this.#isEnded) this.#options.started()
    // It came too late: its end, which waited in vain, has not called its hook.
    else if (this.#isOver) void this.#callStop('crash')
  }

  #fail(error: unknown): void {
    this.#cancelStartTimer?.()
    if (this.#isFailed) return
    this.#isFailed = true
    if (!this.#isEnded) this.#options.failed(error)
  }

  async #end(why: LifeEnd): Promise<void> {
    this.#cancelStartTimer?.()
    this.#isEnded = true
    this.#controller?.abort(this.#overError())
    for (const unwatch of this.#watches) unwatch()
    this.#watches.clear()
    const { stopTimeoutMs, environment } = this.#options
    if (this.#starting !== undefined && this.#running === undefined) {
      await within(this.#starting, stopTimeoutMs, environment.clock)
    }
    if (this.#nest !== undefined) await this.#nest.stop()
    // Before the hook: a start that settles from now on finds that nobody else will call it.
    this.#isOver = true
    await this.#callStop(why)
  }

  #overError(): ActorError {
    return new ActorError('CLOSED', `this life of actor "${this.name}" is over`)
  }

  async #callStop(why: LifeEnd): Promise<void> {
    const { stopTimeoutMs, environment, name } = this.#options
    const running = this.#running
    this.#running = undefined
    try {
      const pending = running?.stop?.(why)
      if (pending === undefined || (await within(pending, stopTimeoutMs, environment.clock))) return
      throw new ActorError('TIMEOUT', `actor "${name}" expects its hook stop to settle within ${stopTimeoutMs} ms`)
    } catch (error) {
      environment.tell({ type: 'hook-failed', actor: name, hook: 'stop', error })
    }
  }
}
