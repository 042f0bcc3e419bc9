import { type ActorRef, createSupervisor, type RestartPolicy, type SupervisionEvent } from '@stateward/actor'
import type { CaretakerName, CaretakerStats, Notify, StatewardError, StoreEvent } from '@stateward/contract'
import type { Environment } from '../scheduling/environment.ts'
import { storageError } from '../validation/storage-error.ts'

/** What a caretaker does, from one beginning to the next. */
export interface Duty {
  /** Begins, or, after a crash, begins again. What it throws is a crash. */
  begin(isAgain: boolean): void | Promise<void>
  /** Ends what was begun. Must not throw. */
  end(): void
  /** Whether a crash that was reported is over by now, and nothing has to be done about it. */
  isWell?(): boolean
}

export interface CaretakerOptions {
  readonly name: CaretakerName
  readonly duty: Duty
  readonly restart: RestartPolicy
  /** Whether it is of any use to begin again after this; by default it always is. */
  readonly mayBeginAgain?: (error: StatewardError) => boolean
  readonly environment: Environment
  readonly tell: Notify<StoreEvent>
}

type Work = { crash: { ask: unknown; answer: undefined } }

/**
 * One of the things that a store does by itself. From its first crash on it is an actor with a supervisor of its own: it begins
 * again, so often as its policy says, and then it stays stopped, alone. Most never crash, and need neither. Nobody who asks the
 * store for anything waits for it.
 */
export class Caretaker {
  readonly #options: CaretakerOptions
  #actor: ActorRef<Work> | undefined
  #stop: () => Promise<unknown> = () => Promise.resolve()
  /** Of the first beginning; `undefined` once it is over. */
  #beginning: Promise<void> | undefined
  #state: CaretakerStats['state'] = 'stopped'
  #crash: StatewardError | undefined
  #crashes = 0

  constructor(options: CaretakerOptions) {
    this.#options = options
  }

  get stats(): CaretakerStats {
    const { name } = this.#options
    const error = this.#crash && { code: this.#crash.code, message: this.#crash.message }
    return { name, state: this.#state, crashes: this.#crashes, ...(error && { lastCrash: error }) }
  }

  /** Begins, unless it is at work or about to be. Resolves when its duty has begun, or could not. */
  start(): Promise<void> {
    if (this.#state !== 'stopped') return Promise.resolve()
    this.#state = 'working'
    this.#actor = undefined
    this.#stop = () => this.#end()
    const beginning = this.#begin(false)
      .catch((error: unknown) => this.#supervise(error))
      .then(() => {
        this.#beginning = undefined
      })
    this.#beginning = beginning
    return beginning
  }

  /** Something has gone wrong that its duty does not get over by itself. */
  crashed(error: unknown): void {
    if (this.#actor !== undefined) this.#actor.tell('crash', error)
    else if (this.#beginning !== undefined) void this.#beginning.then(() => this.crashed(error))
    else if (this.#state === 'working' && this.#options.duty.isWell?.() !== true) {
      this.#options.duty.end()
      this.#supervise(error)
    }
  }

  /** Ends what it does, and begins nothing more; settles when nothing runs. */
  async stop(): Promise<void> {
    await this.#stop()
    this.#state = 'stopped'
  }

  /** While there is no actor. What is just beginning ends when it has begun. */
  #end(): Promise<unknown> {
    if (this.#beginning !== undefined) return this.#beginning.then(() => this.#stop())
    if (this.#state === 'working') this.#options.duty.end()
    this.#state = 'stopped'
    return Promise.resolve()
  }

  /** An actor takes over, whose first life is the one that has crashed. */
  #supervise(error: unknown): void {
    const { name, restart, environment } = this.#options
    const tree = createSupervisor({
      name,
      restart,
      clock: { now: () => environment.clock.monotonicMs(), setTimer: environment.setTimer },
      random: () => new DataView(environment.random.bytes(4).slice().buffer).getUint32(0) / 2 ** 32,
      decide: ({ error: crash }) => (this.#mayBeginAgain(storageError(crash)) ? 'restart' : 'escalate'),
      onEvent: (event) => this.#hear(event),
    })
    this.#stop = () => tree.stop({ drain: false })
    this.#actor = tree.spawn<Work>({
      name: 'duty',
      startTimeoutMs: Number.POSITIVE_INFINITY,
      start: async ({ restarts }) => {
        if (restarts === 0) throw error
        await this.#begin(true)
        return { handlers: { crash: (crash) => this.#crashUnlessWell(crash) }, stop: () => this.#options.duty.end() }
      },
    })
  }

  async #begin(isAgain: boolean): Promise<void> {
    await this.#options.duty.begin(isAgain)
  }

  #crashUnlessWell(error: unknown): undefined {
    if (this.#options.duty.isWell?.() === true) return
    throw error
  }

  #mayBeginAgain(error: StatewardError): boolean {
    return this.#options.mayBeginAgain?.(error) ?? true
  }

  #hear(event: SupervisionEvent): void {
    const { name: caretaker, tell } = this.#options
    const told = { kind: 'caretaker', caretaker } as const
    if (event.type === 'crashed' && event.during !== 'children') {
      this.#crash = storageError(event.error)
      this.#crashes++
    }
    const { code, message } = this.#crash ?? { code: 'STORAGE_FAILED', message: '' }
    if (event.type === 'restarting') {
      this.#state = 'restarting'
      tell({ ...told, phase: 'restarting', nth: event.nth, pauseMs: event.pauseMs, code, message })
    }
    if (event.type === 'started') {
      this.#state = 'working'
      if (event.restarts > 0) tell({ ...told, phase: 'restarted' })
    }
    if (event.type === 'escalated') {
      this.#state = 'stopped'
      tell({ ...told, phase: 'stopped', code, message })
    }
  }
}
