import {
  type Appended,
  type Caps,
  durabilityLevels,
  hasCode,
  type LogWriter,
  type Seq,
  StatewardError,
} from '@stateward/contract'
import type { DecidedCommit, DecidedWrite } from '../deciding/decided.ts'
import { storageError } from '../validation/storage-error.ts'
import { Gate } from './gate.ts'
import { endOfFew, type Part, partsOf } from './parts.ts'

export interface LogPumpOptions {
  readonly writer: Pick<LogWriter, 'append'>
  readonly caps: Caps
  readonly lastSeq: Seq
  /** Names this opening; part of every commit id. */
  readonly nonce: string
  /** Takes durable commits into memory; must not throw. */
  readonly apply: (commits: readonly DecidedCommit[], appended: Appended) => void
  /** Everything decided and not yet durable is void. */
  readonly forget: () => void
  readonly wait: (ms: number) => Promise<void>
  /** Asked before each few changes are taken into memory: a turn of others, where those before have taken long. */
  readonly turn?: () => Promise<void> | undefined
  /** Called once, when no further write is taken. */
  readonly stopped: (failure: StatewardError) => void
}

const resolveAttempts = 20
const firstResolveDelayMs = 5
const maxResolveDelayMs = 1_000

/** Carries decided commits to the storage, in order, and tells who waits what became of them. */
export class LogPump {
  readonly #options: LogPumpOptions
  readonly #maxInFlight: number
  #planned: Seq
  #durable: Seq
  #inFlight = 0
  #inFlightBytes = 0
  /** Of those in flight, how many the storage has not been asked for yet. */
  #unsent = 0
  /** Of those, how many wait until they go together. */
  #held = 0
  readonly #gate = new Gate()
  /** Of those in flight, how many were there when an append before them failed. */
  #voided = 0
  /** Of those in flight, how many were there when a barrier before them was refused: they may fail with it, or not. */
  #doubtful = 0
  #appends = 0
  #tail: Promise<void> = Promise.resolve()
  #roomMade: (() => void) | undefined
  /** Why writes that are still on their way have failed already. */
  readonly #reasons = new Map<DecidedWrite, StatewardError>()
  /** Grows when decided commits become void; decisions that span the change start again. */
  generation = 0
  #failure: StatewardError | undefined

  constructor(options: LogPumpOptions) {
    this.#options = options
    this.#planned = options.lastSeq
    this.#durable = options.lastSeq
    // After an unknown outcome the very next call must be the same append again, so nothing may follow it.
    this.#maxInFlight = options.caps.unknown === 'resolve' ? 1 : 2
  }

  /** Seq of the last commit handed over. */
  get planned(): Seq {
    return this.#planned
  }

  /** Why no further write is taken; `undefined` while all is well. */
  get failure(): StatewardError | undefined {
    return this.#failure
  }

  /** No further write is taken. What is on its way is told what becomes of it. */
  stop(failure: StatewardError): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#options.stopped(failure)
  }

  /** Of the lines that are on their way. */
  get inFlightBytes(): number {
    return this.#inFlightBytes
  }

  get idle(): boolean {
    return this.#inFlight === 0
  }

  /** Waits until another group may be handed over; `undefined` when it may be now. One caller at a time. */
  room(): Promise<void> | undefined {
    if (this.#inFlight < this.#maxInFlight) return undefined
    return new Promise((resolve) => {
      this.#roomMade = resolve
    })
  }

  /** Settles when everything handed over so far has been settled. */
  drained(): Promise<void> {
    return this.#tail
  }

  /** From now on what is handed over waits, until `release`: so it goes to the storage at once, and shares a sync. */
  hold(): void {
    this.#gate.close()
  }

  /** What was held goes to the storage. */
  release(): void {
    this.#gate.open()
  }

  /** Hands over the commits of some writes, which follow `planned` without a gap. Every `settle` is called exactly once. */
  submit(writes: readonly DecidedWrite[]): void {
    for (const part of partsOf(writes, this.#options.caps)) this.#send(part)
  }

  /** A barrier: resolves when everything handed over so far is as safe as the storage can make it. */
  flush(): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(stopped(this.failure))
    const { survives } = this.#options.caps
    const durability = durabilityLevels.findLast((level) => survives[level] !== undefined) ?? 'none'
    return new Promise((resolve, reject) => {
      const settle = (error: unknown): void => (error === undefined ? resolve() : reject(error))
      const barrier: DecidedWrite = { commits: [], durability, settle }
      this.#send({ commits: [], durability, writes: [barrier], ends: [barrier] })
    })
  }

  #send(part: Part): void {
    const expectedSeq = this.#planned
    this.#planned += part.commits.length
    this.#inFlight++
    const bytes = part.commits.reduce((sum, commit) => sum + commit.bytes.byteLength, 0)
    this.#inFlightBytes += bytes
    const { generation } = this
    const append = (): Promise<Appended> => {
      if (generation !== this.generation) throw behindFailure(undefined)
      return this.#append(part, expectedSeq)
    }
    const appended = this.#inTurn(append)
    // Attached now, because a rejection must find a listener before its turn in the chain comes.
    appended.catch(() => undefined)
    this.#tail = this.#tail.then(async () => {
      try {
        await this.#succeeded(part.commits, await appended, generation)
      } catch (cause) {
        const error = this.#failed(storageError(cause), part, generation)
        // The first failure of a write of several parts is its reason; those behind only follow from it.
        for (const write of part.writes) if (!this.#reasons.has(write)) this.#reasons.set(write, error)
      }
      this.#inFlight--
      this.#inFlightBytes -= bytes
      if (this.#voided > 0) this.#voided--
      if (this.#doubtful > 0) this.#doubtful--
      if (this.#inFlight < this.#maxInFlight) this.#roomMade?.()
      for (const write of part.ends) this.#settle(write)
    })
  }

  /**
   * Appends at once, or when what is held is released, or when everything before has settled: where outcomes are resolved by asking
   * again, and behind appends that an earlier failure takes along, for a storage fails whatever is called before they have failed.
   */
  #inTurn(append: () => Promise<Appended>): Promise<Appended> {
    const isNext = this.#maxInFlight > 1 && this.#voided === 0 && this.#unsent === this.#held
    const held = isNext ? this.#gate.opening : undefined
    if (isNext && held === undefined && this.#unsent === 0) return append()
    this.#unsent++
    if (held !== undefined) this.#held++
    return (held ?? this.#tail).then(() => {
      this.#unsent--
      if (held !== undefined) this.#held--
      return append()
    })
  }

  async #succeeded(commits: readonly DecidedCommit[], appended: Appended, generation: number): Promise<void> {
    if (generation !== this.generation) {
      this.stop(
        new StatewardError(
          'STORAGE_FAILED',
          'the storage has taken an append that was called after one that failed; open the store again',
        ),
      )
      throw new StatewardError('UNKNOWN', 'the write landed behind one that failed; open the store again to know')
    }
    if (appended.ptrs.length !== commits.length)
      throw new StatewardError(
        'UNKNOWN',
        `expected ${commits.length} pointers of an append, found ${appended.ptrs.length}`,
      )
    this.#durable = commits.at(-1)?.seq ?? this.#durable
    const { turn, apply } = this.#options
    const { lastSeq, ptrs } = appended
    for (let from = 0; from < commits.length; ) {
      const to = endOfFew(commits, from)
      const others = turn?.()
      if (others !== undefined) await others
      apply(commits.slice(from, to), { lastSeq, ptrs: ptrs.slice(from, to) })
      from = to
    }
  }

  #failed(error: StatewardError, { commits }: Part, generation: number): StatewardError {
    // Behind one that failed the tail is not where it was expected; that is not the caller's conflict.
    const isBehind = generation !== this.generation || this.#doubtful > 0
    const isConflict = error.code === 'CONFLICT'
    const told = !isConflict ? error : isBehind ? behindFailure(error) : fencedOut(error)
    if (generation !== this.generation) return told
    const isHarmless = leavesAble(error) || (isConflict && isBehind)
    if (!isHarmless) this.stop(error)
    // A barrier that is refused takes nothing back.
    if (commits.length === 0 && isHarmless) {
      this.#doubtful = this.#inFlight
      return told
    }
    this.generation++
    this.#planned = this.#durable
    // This one itself is counted out by the caller.
    this.#voided = this.#inFlight
    this.#options.forget()
    return told
  }

  #settle(write: DecidedWrite): void {
    const reason = this.#reasons.get(write)
    this.#reasons.delete(write)
    write.settle(reason && this.#told(reason, write))
  }

  /** A write of several appends may have landed in part; who repeats it has to know. */
  #told(error: StatewardError, { commits }: DecidedWrite): StatewardError {
    const landed = commits.filter(({ seq }) => seq <= this.#durable).length
    if (landed === 0) return error
    const rest = `${landed} of the ${commits.length} commits of this write are in the log all the same; with a txid, send it again and only the rest is written`
    return new StatewardError(error.code, `${error.message} (${rest})`, {
      cause: error,
      details: { ...error.details, landed, commits: commits.length },
    })
  }

  async #append({ commits, durability }: Part, expectedSeq: Seq): Promise<Appended> {
    const { writer, caps, nonce, wait } = this.#options
    const records = commits.map(({ bytes }) => bytes)
    const commitId = `${nonce}-${++this.#appends}`
    for (let attempt = 1; ; attempt++) {
      try {
        return await writer.append(records, { expectedSeq, commitId, durability })
      } catch (error) {
        if (caps.unknown !== 'resolve' || !hasCode(error, 'UNKNOWN') || attempt === resolveAttempts) throw error
        await wait(Math.min(maxResolveDelayMs, firstResolveDelayMs * 2 ** attempt))
      }
    }
  }
}

/** What a write is told after the storage has stopped. */
export function stopped(failure: StatewardError): StatewardError {
  return new StatewardError(
    'STORAGE_FAILED',
    `writes have stopped, because an earlier one failed (${failure.code}: ${failure.message}); reads go on; reopen the store`,
    {
      cause: failure,
      details: { after: failure.code },
    },
  )
}

/** Refusals that leave the log as it was and the writer able. */
function leavesAble({ code }: StatewardError): boolean {
  return code === 'FULL' || code === 'TOO_LARGE' || code === 'UNSUPPORTED'
}

function fencedOut(cause: unknown): StatewardError {
  return new StatewardError(
    'FENCED',
    'another writer has appended to this log; this one has stopped; open the store again',
    { cause },
  )
}

function behindFailure(cause: unknown): StatewardError {
  return new StatewardError(
    'BUSY',
    'the write before this one failed and took this one along; nothing of it was written; try again',
    cause === undefined ? {} : { cause },
  )
}
