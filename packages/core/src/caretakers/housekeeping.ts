import type { RestartPolicy } from '@stateward/actor'
import {
  type CaretakerName,
  type CaretakerStats,
  type IndexCheckStats,
  type LogWriter,
  type Notify,
  type ScrubStats,
  StatewardError,
  type StoreEvent,
} from '@stateward/contract'
import type { CompactionSettings } from '../compaction/compaction-options.ts'
import { CompactionSchedule } from '../compaction/compaction-schedule.ts'
import type { Compactor } from '../compaction/compactor.ts'
import type { IndexCheckSettings } from '../integrity/index-check-options.ts'
import { IndexChecker } from '../integrity/index-checker.ts'
import { IndexRebuilder } from '../integrity/index-rebuilder.ts'
import type { ScrubSettings } from '../integrity/scrub-options.ts'
import { Scrubber } from '../integrity/scrubber.ts'
import type { Terms } from '../lifecycle/terms.ts'
import type { CheckpointGate } from '../recovery/checkpoint-gate.ts'
import { CheckpointLoader } from '../recovery/checkpoint-loader.ts'
import type { CheckpointSettings } from '../recovery/checkpoints.ts'
import type { Environment } from '../scheduling/environment.ts'
import { inSlices } from '../scheduling/pace.ts'
import type { Live } from '../state/live.ts'
import { Caretaker, type CaretakerOptions, type Duty } from './caretaker.ts'
import { caretakerRestarts } from './caretaker-restarts.ts'
import { checkpointingDuty } from './checkpointing-duty.ts'
import { MemoryKeeper } from './memory-keeper.ts'
import { mayReopen, reopeningDuty } from './reopening.ts'

export interface HousekeepingOptions {
  readonly terms: Terms
  readonly compactor: Compactor
  readonly compaction: CompactionSettings & { readonly auto: boolean }
  readonly scrub: ScrubSettings | undefined
  readonly indexCheck: IndexCheckSettings | undefined
  /** Whether memory has a bound. */
  readonly keepsMemory: boolean
  readonly reopening: RestartPolicy | undefined
  readonly gate: CheckpointGate
  readonly checkpoints: CheckpointSettings | undefined
  readonly environment: Environment
  readonly tell: Notify<StoreEvent>
}

/** What a store does by itself, beside answering. Each is a caretaker: what one crashes of reaches neither another nor the log. */
export class Housekeeping {
  readonly #options: HousekeepingOptions
  readonly #caretakers = new Map<CaretakerName, Caretaker>()
  readonly #startedMs: number
  readonly #rebuilder: IndexRebuilder
  readonly #checker: IndexChecker | undefined
  readonly #loader: CheckpointLoader | undefined
  #scrubber: Scrubber | undefined
  #settled: Promise<unknown> = Promise.resolve()

  constructor(options: HousekeepingOptions) {
    const { terms, reopening, compaction } = options
    this.#options = options
    this.#startedMs = options.environment.clock.monotonicMs()
    if (reopening !== undefined) {
      const mayBeginAgain = mayReopen
      this.#employ({ name: 'reopening', restart: reopening, duty: reopeningDuty(terms), mayBeginAgain })
    }
    if (compaction.auto)
      this.#employ({ name: 'compaction', restart: caretakerRestarts.compaction, duty: this.#compacting() })
    const scrubbing = this.#scrubbing()
    if (scrubbing !== undefined)
      this.#employ({ name: 'scrubbing', restart: caretakerRestarts.scrubbing, duty: scrubbing })
    const { environment, tell, indexCheck: settings } = options
    const live = (): Live => terms.current.live
    this.#rebuilder = new IndexRebuilder({
      ...{ live, breathe: inSlices(environment), tell },
      failed: (error) => this.#caretakers.get('indexing')?.crashed(error),
    })
    this.#employ({ name: 'indexing', restart: caretakerRestarts.indexing, duty: beside(this.#rebuilder) })
    this.#loader = this.#loading()
    if (options.keepsMemory)
      this.#employ({ name: 'memory', restart: caretakerRestarts.memory, duty: beside(this.#keeper()) })
    if (settings === undefined) return
    this.#checker = new IndexChecker({
      ...{ settings, live, environment, tell },
      failed: (error) => this.#caretakers.get('checking')?.crashed(error),
    })
    this.#employ({ name: 'checking', restart: caretakerRestarts.checking, duty: beside(this.#checker) })
  }

  get scrubStats(): ScrubStats | undefined {
    return this.#scrubber?.stats
  }

  get indexCheckStats(): IndexCheckStats | undefined {
    return this.#checker?.stats
  }

  get stats(): readonly CaretakerStats[] {
    return [...this.#caretakers.values()].map(({ stats }) => stats)
  }

  /** Begins with everything; resolves when what an opening has to wait for is done. */
  async start(): Promise<void> {
    await Promise.all([...this.#caretakers.values()].map((caretaker) => caretaker.start()))
  }

  /** Begins with one again that has stopped. `NOT_FOUND`: this store does not do that by itself. */
  async restart(name: CaretakerName): Promise<void> {
    const caretaker = this.#caretakers.get(name)
    if (caretaker === undefined) throw unknownCaretaker(name, [...this.#caretakers.keys()])
    await caretaker.start()
  }

  /** The writer has stopped, another term has begun, or an index lies. */
  readonly hear = (event: StoreEvent): void => {
    if (event.kind === 'stopped')
      this.#caretakers.get('reopening')?.crashed(new StatewardError(event.code, event.message))
    if (event.kind === 'index') this.#rebuilder.look()
    if (event.kind !== 'reopened') return
    this.#loader?.look()
    this.#rebuilder.look()
  }

  /** Somebody has reopened the log by hand. */
  reopened(): void {
    void this.#caretakers.get('reopening')?.start()
  }

  /** Ends what runs, and begins no more. */
  stop(): void {
    this.#scrubber?.stop()
    this.#settled = Promise.all([...this.#caretakers.values()].map((caretaker) => caretaker.stop()))
  }

  /** Settles when nothing runs any more. */
  async settled(): Promise<void> {
    await this.#settled
    await this.#scrubber?.settled()
    await this.#rebuilder.settled()
    await this.#checker?.settled()
  }

  #employ(options: Pick<CaretakerOptions, 'name' | 'restart' | 'duty' | 'mayBeginAgain'>): void {
    const { environment, tell } = this.#options
    this.#caretakers.set(options.name, new Caretaker({ ...options, environment, tell }))
  }

  #keeper(): MemoryKeeper {
    const { terms, environment } = this.#options
    return new MemoryKeeper({
      ...{ term: () => terms.current, setTimer: environment.setTimer },
      restored: () => this.#rebuilder.look(),
      failed: (error) => this.#caretakers.get('memory')?.crashed(error),
    })
  }

  #compacting(): Duty {
    const { terms, compactor, compaction, environment } = this.#options
    const { clock, setTimer } = environment
    let schedule: CompactionSchedule | undefined
    return {
      begin: () => {
        schedule = new CompactionSchedule({
          ...{ settings: compaction, clock, setTimer, startedMs: this.#startedMs },
          stats: () => terms.current.writer.stats(),
          counts: () => terms.current.live.counts,
          lastMs: () => compactor.lastMs,
          run: (cause) => compactor.run(cause),
          failed: (error) => this.#caretakers.get('compaction')?.crashed(error),
        })
        return schedule.start()
      },
      end: () => schedule?.stop(),
    }
  }

  /** Both have to do with what lies beside the log; where nothing does, there is nothing to look after. */
  #loading(): CheckpointLoader | undefined {
    const { terms, gate, checkpoints, environment } = this.#options
    if (terms.current.writer.caches === undefined) return undefined
    if (checkpoints !== undefined) {
      const failed = (error: unknown): void => this.#caretakers.get('checkpointing')?.crashed(error)
      const duty = checkpointingDuty({ terms, gate }, failed)
      this.#employ({ name: 'checkpointing', restart: caretakerRestarts.checkpointing, duty })
    }
    if (checkpoints?.readAhead !== true) return undefined
    const loader = new CheckpointLoader({
      live: () => terms.current.live,
      setTimer: environment.setTimer,
      failed: (error) => this.#caretakers.get('loading')?.crashed(error),
    })
    const duty: Duty = {
      begin: (isAgain) => loader.start(isAgain),
      end: () => loader.rest(),
      isWell: () => loader.isDone,
    }
    this.#employ({ name: 'loading', restart: caretakerRestarts.loading, duty })
    return loader
  }

  #scrubbing(): Duty | undefined {
    const { terms, scrub: settings, environment, tell } = this.#options
    const writer = (): LogWriter => terms.current.writer
    if (settings === undefined || writer().scrub === undefined) return undefined
    const { clock, setTimer } = environment
    const failed = (error: unknown): void => this.#caretakers.get('scrubbing')?.crashed(error)
    const scrubber = new Scrubber({ settings, clock, setTimer, writer, tell, failed })
    this.#scrubber = scrubber
    return { begin: () => scrubber.start(), end: () => scrubber.rest() }
  }
}

/** What begins when it is told to, and ends at the end of its slice. */
function beside(one: { start(): void; rest(): void }): Duty {
  return { begin: () => one.start(), end: () => one.rest() }
}

function unknownCaretaker(name: string, known: readonly string[]): StatewardError {
  return new StatewardError('NOT_FOUND', `expected one of ${known.join(', ') || 'nothing'}, found "${name}"`)
}
