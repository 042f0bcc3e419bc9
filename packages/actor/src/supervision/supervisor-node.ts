import type { StopOptions, StopReport } from '../actor.ts'
import { ActorError } from '../actor-error.ts'
import { checkedName } from '../checked-name.ts'
import { handlerDrain } from '../handlers.ts'
import { isPromiseLike } from '../is-promise-like.ts'
import type { Protocol } from '../protocol.ts'
import type { Failure } from '../reply.ts'
import type { Child, Parent } from './child.ts'
import type { BatchLife, BatchSpawnOptions, Life, SpawnOptions, Supervisor } from './children.ts'
import type { Crash, Directive, RestartPolicy, Supervision } from './crash.ts'
import { type End, Ending } from './ending.ts'
import type { Environment } from './environment.ts'
import type { ActorRef, LifeState } from './ref.ts'
import { pauseMs, restartPolicy } from './restart-policy.ts'
import { RestartWindow } from './restart-window.ts'
import { SupervisedActor } from './supervised-actor.ts'

const directives: readonly Directive[] = ['restart', 'resume', 'stop', 'escalate']

/** Restarts, or gives up, its children. A supervisor without a parent is the root of a tree. */
export class SupervisorNode implements Supervisor, Child, Parent {
  readonly name: string
  readonly #supervision: Supervision
  readonly #policy: RestartPolicy
  readonly #environment: Environment
  readonly #parent: Parent | undefined
  readonly #ending: Ending
  readonly #children = new Map<string, Child>()
  /** Who is restarted together has one window and one timer: a child, or this node for all of them. */
  readonly #windows = new Map<Child, RestartWindow>()
  readonly #timers = new Map<Child, () => void>()
  #state: LifeState = 'running'
  /** Restarts that were begun before it changed are void. */
  #round = 0
  #stopped: Promise<StopReport> | undefined

  /** Throws `INVALID`. */
  constructor(name: string, supervision: Supervision, environment: Environment, parent: Parent | undefined) {
    this.name = name
    this.#supervision = supervision
    this.#policy = restartPolicy(supervision.restart)
    this.#environment = environment
    this.#parent = parent
    this.#ending = new Ending((error) => environment.tell({ type: 'hook-failed', actor: name, hook: 'watch', error }))
  }

  get state(): LifeState {
    return this.#state
  }

  get ended(): Promise<End> {
    return this.#ending.ended
  }

  get childNames(): readonly string[] {
    return [...this.#children.keys()]
  }

  watch(watcher: (end: End) => void): () => void {
    return this.#ending.watch(watcher)
  }

  spawn<P extends Protocol<P>>({ start, ...options }: SpawnOptions<P>): ActorRef<P> {
    return this.spawnBatch<P>({
      schedule: this.#environment.schedule ?? 'microtask',
      ...options,
      maxBatch: 1,
      start(context) {
        const life = start(context)
        return isPromiseLike(life) ? life.then(batchLife) : batchLife(life)
      },
    })
  }

  spawnBatch<P extends Protocol<P>, E extends Failure = ActorError>(options: BatchSpawnOptions<P, E>): ActorRef<P, E> {
    const name = this.#freePath(options.name)
    const child = new SupervisedActor<P, E>(
      { ...options, name },
      {
        parent: this,
        environment: this.#environment,
        nest: (parent) => new SupervisorNode(name, options.supervision ?? {}, quietly(name, this.#environment), parent),
      },
    )
    this.#children.set(name, child)
    child.begin()
    return child
  }

  supervise(name: string, supervision: Supervision = {}): Supervisor {
    const path = this.#freePath(name)
    const child = new SupervisorNode(path, supervision, this.#environment, this)
    this.#children.set(path, child)
    return child
  }

  crashed(child: Child, crash: Crash, resume: (() => void) | undefined): void {
    const directive = this.#stopped === undefined ? this.#directive(crash, resume !== undefined) : 'stop'
    this.#environment.tell({ type: 'crashed', directive, ...crash })
    switch (directive) {
      case 'resume':
        resume?.()
        break
      case 'restart':
        this.#restart(child, crash)
        break
      case 'stop':
        void child.giveUp(crash.error)
        break
      case 'escalate':
        this.#escalate(crash)
        break
      default:
        directive satisfies never
    }
  }

  left(child: Child): void {
    this.#children.delete(child.name)
    this.#windows.delete(child)
    this.#timers.get(child)?.()
    this.#timers.delete(child)
  }

  suspend(): void {
    if (this.#stopped !== undefined) return
    this.#state = 'restarting'
    this.#voidRestarts()
    for (const child of this.#children.values()) child.suspend()
  }

  async rest(cause: unknown): Promise<void> {
    this.suspend()
    this.#windows.clear()
    for (const child of this.#lastFirst()) await child.rest(cause)
  }

  begin(): void {
    if (this.#stopped !== undefined) return
    this.#state = 'running'
    for (const child of [...this.#children.values()]) child.begin()
  }

  stop(options: StopOptions = {}): Promise<StopReport> {
    if (this.#stopped === undefined) this.#stopped = this.#stop(options)
    else for (const child of this.#lastFirst()) void child.stop(options)
    return this.#stopped
  }

  giveUp(cause: unknown): Promise<StopReport> {
    this.#stopped ??= this.#endAll((child) => child.giveUp(cause), { actor: this.name, why: 'crashed', error: cause })
    return this.#stopped
  }

  #stop({ timeoutMs, ...options }: StopOptions): Promise<StopReport> {
    const { clock } = this.#environment
    const until = timeoutMs === undefined ? undefined : clock.now() + timeoutMs
    const stop = (child: Child): Promise<StopReport> =>
      child.stop({ ...options, ...(until !== undefined && { timeoutMs: Math.max(0, until - clock.now()) }) })
    return this.#endAll(stop, { actor: this.name, why: 'stopped' })
  }

  async #endAll(how: (child: Child) => Promise<StopReport>, end: End): Promise<StopReport> {
    this.#state = 'stopping'
    this.#voidRestarts()
    let closed = 0
    for (const child of this.#lastFirst()) closed += (await how(child)).closed
    this.#state = 'stopped'
    this.#parent?.left(this)
    this.#environment.tell({ type: 'ended', ...end })
    this.#ending.end(end)
    return { closed }
  }

  #directive(crash: Crash, canResume: boolean): Directive {
    try {
      const directive = this.#supervision.decide?.(crash) ?? 'restart'
      if (!directives.includes(directive)) {
        throw new ActorError(
          'INVALID',
          `decide is expected to say ${directives.join(', ')}, found ${String(directive)}`,
        )
      }
      return directive === 'resume' && !canResume ? 'restart' : directive
    } catch (error) {
      this.#environment.tell({ type: 'hook-failed', actor: this.name, hook: 'decide', error })
      return 'escalate'
    }
  }

  #restart(child: Child, crash: Crash): void {
    const { clock, random, tell } = this.#environment
    const isForAll = this.#supervision.strategy === 'one-for-all'
    const unit = isForAll ? this : child
    const window = this.#windows.get(unit) ?? new RestartWindow(this.#policy)
    this.#windows.set(unit, window)
    const nth = window.next(clock.now())
    if (nth === undefined) {
      this.#escalate(crash)
      return
    }
    const pause = pauseMs(this.#policy, nth, random)
    tell({ type: 'restarting', actor: unit.name, nth, pauseMs: pause })
    if (isForAll) this.#voidRestarts()
    const group = isForAll ? [...this.#children.values()] : [child]
    for (const one of group) one.suspend()
    void this.#restartTogether(unit, group, { error: crash.error, pauseMs: pause })
  }

  async #restartTogether(
    unit: Child,
    group: readonly Child[],
    { error, pauseMs: pause }: { readonly error: unknown; readonly pauseMs: number },
  ): Promise<void> {
    const round = this.#round
    for (const child of [...group].reverse()) await child.rest(error)
    const isLeft = (child: Child): boolean => round === this.#round && this.#children.get(child.name) === child
    if (!group.some(isLeft)) return
    const begin = (): void => {
      this.#timers.delete(unit)
      for (const child of group) if (isLeft(child)) child.begin()
    }
    this.#timers.set(unit, this.#environment.clock.setTimer(begin, pause))
  }

  #escalate({ error }: Crash): void {
    this.suspend()
    this.#environment.tell({ type: 'escalated', actor: this.name, error })
    const crash: Crash = { actor: this.name, during: 'children', error }
    if (this.#parent === undefined) void this.giveUp(error)
    else this.#parent.crashed(this, crash, undefined)
  }

  #voidRestarts(): void {
    this.#round++
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #lastFirst(): readonly Child[] {
    return [...this.#children.values()].reverse()
  }

  #freePath(name: string): string {
    const path = `${this.name}/${checkedName(name)}`
    if (this.#stopped !== undefined)
      throw new ActorError('CLOSED', `"${this.name}" is stopping and begins no "${name}"`)
    if (this.#children.has(path)) throw new ActorError('ALREADY_EXISTS', `there is an actor "${path}" already`)
    return path
  }
}

/** An actor and the supervisor of its children have one name: of the two, the actor tells of the end. */
function quietly(name: string, environment: Environment): Environment {
  const tell: Environment['tell'] = (event) => {
    if (event.type !== 'ended' || event.actor !== name) environment.tell(event)
  }
  return { ...environment, tell }
}

function batchLife<P extends Protocol<P>>(life: Life<P>): BatchLife<P> {
  if (typeof life?.handlers !== 'object') throw new ActorError('INVALID', 'start is expected to return its handlers')
  return { drain: handlerDrain(life.handlers), stop: (why) => life.stop?.(why) }
}
