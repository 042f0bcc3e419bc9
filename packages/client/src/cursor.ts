import {
  type AskOptions,
  type ChangesAsk,
  type CursorOperation,
  type CursorRecord,
  type Domain,
  type Endpoint,
  type Operation,
  type RecordChange,
  type Seq,
  StatewardError,
  type Transacted,
  type TypeOf,
  type WriteOptions,
} from '@stateward/contract'
import { type ChangeOf, type ChangesOptions, oneByOne } from './changes.ts'
import type { OperationOf, TransactedOf } from './transact.ts'
import { asRecord, asTyped } from './typed-answers.ts'
import { writeBody } from './write-body.ts'

/** What a cursor tells; `since` is where it begins when it is new. */
export type CursorOptions<D extends Domain, T extends TypeOf<D> = TypeOf<D>> = Omit<ChangesOptions<D, T>, 'maxBehind'>

/** Which change: anything of a change that tells its place. */
export type ChangePlace = Pick<RecordChange, 'seq' | 'at' | 'last'>

type Acked = WriteOptions & AskOptions

/**
 * The one consumer of a named position in the feed of changes, which is kept in the log. `for await` over it gives each
 * change behind the position, and `ack` moves it; beginning anew, here or after a crash, begins behind the last `ack`. So
 * a change comes at least once; what a consumer writes in `transact` (or `transaction`) together with the `ack` is written
 * exactly once. For effects elsewhere `keyOf` names the change, the same each time it comes.
 *
 * When somebody else takes the cursor, every later `ack` of this one is `FENCED` and writes nothing.
 */
export class Cursor<D extends Domain, T extends TypeOf<D> = TypeOf<D>> implements AsyncDisposable {
  readonly name: string
  readonly #endpoint: Endpoint
  readonly #options: CursorOptions<D, T>
  readonly #over = new AbortController()
  #position: CursorRecord

  constructor(endpoint: Endpoint, position: CursorRecord, options: CursorOptions<D, T> = {}) {
    this.name = position.id
    this.#endpoint = endpoint
    this.#position = position
    this.#options = options
  }

  /** Everything up to this commit is acknowledged; with `at`, those of its changes up to that one. */
  get position(): { readonly seq: Seq; readonly at?: number } {
    const { seq, at } = this.#position
    return at === undefined ? { seq } : { seq, at }
  }

  /** The changes behind the position, then those that come, until `signal` aborts or the cursor is closed. Errors as `changes`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ChangeOf<D, T>, void, undefined> {
    const { signal, since: _, ...filter } = this.#options
    const { seq, at } = this.position
    const signals = signal === undefined ? [this.#over.signal] : [signal, this.#over.signal]
    const ask = { ...asTyped<ChangesAsk>(filter), since: at === undefined ? seq + 1 : seq }
    for await (const change of oneByOne(this.#endpoint.watch('changes', ask, AbortSignal.any(signals)))) {
      if (change.seq === seq && at !== undefined && change.at <= at) continue
      yield asTyped(change)
    }
  }

  /** Notes that this change, and everything before it, is done. `FENCED`, `CONFLICT` (done before); with `UNKNOWN`, begin anew. */
  async ack(change: ChangePlace, options?: Acked): Promise<void> {
    await this.#write([], change, options)
  }

  /** Writes and acknowledges as one commit: both, or neither. */
  async transact<const Operations extends readonly OperationOf<D>[]>(
    change: ChangePlace,
    operations: Operations,
    options?: Acked,
  ): Promise<TransactedOf<D, Operations>> {
    return asRecord(this.#write(operations, change, options))
  }

  /**
   * Removes the position for good: the next who takes a cursor of this name begins at their `since`. This one is closed.
   * `FENCED` when somebody else has taken it, `NOT_FOUND` when it is gone already.
   */
  async drop(options?: Acked): Promise<void> {
    this.#refuseClosed()
    const drop = { op: 'dropCursor', cursor: this.name, token: this.#position.token } as const
    await this.#endpoint.ask('transact', { ...writeBody(options, undefined), operations: [drop] }, options)
    await this.close()
  }

  /** A name for a change, the same each time it comes: for whoever keeps what has been done elsewhere. */
  keyOf({ seq, at }: ChangePlace): string {
    return `${this.name}:${seq}:${at}`
  }

  /** The operation that `ack` sends, to be put into a commit by other means; `acknowledged` is to be called with its result. */
  operationFor({ seq, at, last }: ChangePlace): CursorOperation {
    return { op: 'ack', cursor: this.name, token: this.#position.token, seq, ...(last ? {} : { at }) }
  }

  acknowledged(result: Transacted['results'][number] | undefined): void {
    this.#position = asTyped(result)
  }

  /** Ends every `for await` over it. The position stays; nothing else is held. */
  async close(): Promise<void> {
    this.#over.abort()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #write(operations: readonly unknown[], change: ChangePlace, options: Acked | undefined) {
    this.#refuseClosed()
    const all = [...asTyped<readonly Operation[]>(operations), this.operationFor(change)]
    const body = { ...writeBody(options, undefined), operations: all }
    const { seq, results } = await this.#endpoint.ask('transact', body, options)
    this.acknowledged(results.at(-1))
    return { seq, results: results.slice(0, -1) }
  }

  #refuseClosed(): void {
    if (this.#over.signal.aborted)
      throw new StatewardError('CLOSED', `the cursor ${this.name} was closed; take it again`)
  }
}

/** Takes the cursor of this name: from now on any other consumer of it is `FENCED`. `INVALID` for a `since` that is not there yet. */
export async function takeCursor<D extends Domain, T extends TypeOf<D> = TypeOf<D>>(
  endpoint: Endpoint,
  name: string,
  options: CursorOptions<D, T> = {},
): Promise<CursorRecord> {
  const { since, signal } = options
  const take = { op: 'takeCursor', cursor: name, ...(since === undefined ? {} : { since }) } as const
  const { results } = await endpoint.ask(
    'transact',
    { operations: [take] },
    signal === undefined ? undefined : { signal },
  )
  return asTyped(results[0])
}
