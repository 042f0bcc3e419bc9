import {
  type Appended,
  type Caps,
  type Durability,
  durabilityLevels,
  type ErrorCode,
  errorCodes,
  hasCode,
  type LogWriter,
  type Seq,
  StatewardError,
} from '@stateward/contract'
import type { DecidedCommit, DecidedWrite } from './decided.ts'

export interface LogPumpOptions {
  readonly writer: LogWriter
  readonly caps: Caps
  readonly lastSeq: Seq
  /** Names this opening; part of every commit id. */
  readonly nonce: string
  /** Takes durable commits into memory; must not throw. */
  readonly apply: (commits: readonly DecidedCommit[], appended: Appended) => void
  /** Everything decided and not yet durable is void. */
  readonly forget: () => void
  readonly wait: (ms: number) => Promise<void>
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
  #appends = 0
  #tail: Promise<void> = Promise.resolve()
  /** Grows when decided commits become void; decisions that span the change start again. */
  generation = 0
  /** Why no further write is taken; `undefined` while all is well. */
  failure: StatewardError | undefined

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

  get idle(): boolean {
    return this.#inFlight === 0
  }

  /** Waits until another group may be handed over; `undefined` when it may be now. */
  room(): Promise<void> | undefined {
    return this.#inFlight < this.#maxInFlight ? undefined : this.#tailRoom()
  }

  async #tailRoom(): Promise<void> {
    while (this.#inFlight >= this.#maxInFlight) await this.#tail
  }

  /** Settles when everything handed over so far has been settled. */
  drained(): Promise<void> {
    return this.#tail
  }

  /** Hands over the commits of some writes, which follow `planned` without a gap. Every `settle` is called exactly once. */
  submit(writes: readonly DecidedWrite[]): void {
    for (const part of partsOf(writes, this.#options.caps)) this.#send(part)
  }

  #send(part: Part): void {
    const expectedSeq = this.#planned
    this.#planned += part.commits.length
    this.#inFlight++
    const { generation } = this
    const records = part.commits.map(({ bytes }) => bytes)
    const append = (): Promise<Appended> => this.#appendOne(records, expectedSeq, part.durability)
    // Where outcomes are resolved by asking again, an append starts only when the one before it is settled.
    const appended = this.#maxInFlight === 1 ? this.#tail.then(append) : append()
    // Attached now, because a rejection must find a listener before its turn in the chain comes.
    appended.catch(() => undefined)
    this.#tail = this.#tail.then(async () => {
      let error: unknown
      try {
        this.#succeeded(part.commits, await appended)
      } catch (cause) {
        error = this.#failed(cause, generation)
      }
      this.#inFlight--
      for (const { settle } of part.ends) settle(error)
    })
  }

  #succeeded(commits: readonly DecidedCommit[], appended: Appended): void {
    this.#durable = commits.at(-1)?.seq ?? this.#durable
    this.#options.apply(commits, appended)
  }

  #failed(cause: unknown, generation: number): StatewardError {
    const error = asStatewardError(cause)
    const first = generation === this.generation
    if (first) {
      this.generation++
      this.#planned = this.#durable
      this.#options.forget()
      if (!isHarmless(error)) this.failure = error
    }
    if (error.code !== 'CONFLICT') return error
    // Behind one that failed the tail is not where it was expected; that is not the caller's conflict.
    return first
      ? new StatewardError(
          'FENCED',
          'another writer has appended to this log; this one has stopped; open the store again',
          { cause },
        )
      : new StatewardError(
          'BUSY',
          'the write before this one failed and took this one along; nothing of it was written; try again',
          { cause },
        )
  }

  async #appendOne(records: readonly Uint8Array[], expectedSeq: Seq, durability: Durability): Promise<Appended> {
    const { writer, caps, nonce, wait } = this.#options
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

  /** A barrier: resolves when everything handed over so far is as safe as the storage can make it. */
  async flush(): Promise<void> {
    await this.#tail
    if (this.failure !== undefined) throw stopped(this.failure)
    const strongest = durabilityLevels.findLast((level) => this.#options.caps.survives[level] !== undefined) ?? 'none'
    // Between the check and the call nothing is awaited, so the tail is the planned one.
    await this.#appendOne([], this.#planned, strongest)
  }
}

/** What a write is told after the storage has stopped. */
export function stopped(failure: StatewardError): StatewardError {
  return new StatewardError(
    'STORAGE_FAILED',
    `writes have stopped, because an earlier one failed (${failure.code}: ${failure.message}); reads go on; open the store again`,
    {
      cause: failure,
      details: { after: failure.code },
    },
  )
}

/** Refusals that leave the log as it was and the writer able. */
function isHarmless({ code }: StatewardError): boolean {
  return code === 'FULL' || code === 'TOO_LARGE' || code === 'UNSUPPORTED'
}

/** A storage may bring its own copy of the error class, or break its promise and throw something else. */
function asStatewardError(error: unknown): StatewardError {
  if (error instanceof StatewardError) return error
  const message = error instanceof Error ? error.message : String(error)
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (isErrorCode(code)) return new StatewardError(code, message, { cause: error })
  return new StatewardError('STORAGE_FAILED', `the storage failed in a way it does not document: ${message}`, {
    cause: error,
  })
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}

/** What the storage takes at once. */
interface Part {
  readonly commits: readonly DecidedCommit[]
  readonly durability: Durability
  /** The writes whose last commit is in this part. */
  readonly ends: readonly DecidedWrite[]
}

function partsOf(writes: readonly DecidedWrite[], { maxBatchBytes, maxBatchRecords }: Caps): readonly Part[] {
  const parts: Part[] = []
  let commits: DecidedCommit[] = []
  let ends: DecidedWrite[] = []
  let durability: Durability = 'none'
  let bytes = 0
  const close = (): void => {
    if (commits.length > 0) parts.push({ commits, durability, ends })
    commits = []
    ends = []
    durability = 'none'
    bytes = 0
  }
  for (const write of writes) {
    for (const commit of write.commits) {
      if (commits.length === maxBatchRecords || bytes + commit.bytes.byteLength > maxBatchBytes) close()
      commits.push(commit)
      bytes += commit.bytes.byteLength
      if (durabilityLevels.indexOf(write.durability) > durabilityLevels.indexOf(durability))
        durability = write.durability
    }
    ends.push(write)
  }
  close()
  return parts
}
