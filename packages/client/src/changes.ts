import type { ChangesAsk, Domain, Endpoint, RecordChange, RecordOf, TypeOf } from '@stateward/contract'
import type { WhereOf } from '@stateward/query'
import { asTyped } from './typed-answers.ts'

/** One change of a record of these types: `change.type` tells which, and `before` and `after` are of it. */
export type ChangeOf<D extends Domain, T extends TypeOf<D> = TypeOf<D>> = {
  [One in T]: Omit<RecordChange, 'type' | 'before' | 'after'> & {
    readonly type: One
    readonly before?: RecordOf<D, One>
    readonly after?: RecordOf<D, One>
  }
}[T]

/** What a feed tells, and how it treats a reader that is slow. */
export interface ChangesOptions<D extends Domain, T extends TypeOf<D> = TypeOf<D>>
  extends Omit<ChangesAsk, 'types' | 'where'> {
  /** Only changes of these types; absent: of all. */
  readonly types?: readonly T[]
  /** Only changes where the record before or after matches; needs exactly one type in `types`. */
  readonly where?: WhereOf<RecordOf<D, T>>
  /** Ends the feed. */
  readonly signal?: AbortSignal
}

/** The typed feed of a domain at an endpoint. */
export type Changes<D extends Domain> = <T extends TypeOf<D> = TypeOf<D>>(
  options?: ChangesOptions<D, T>,
) => AsyncIterable<ChangeOf<D, T>>

/**
 * `changes({ since, types, where, signal })`: every change from a commit on, in the order of seq, then each as it becomes
 * durable. What is wrong with the question is thrown by the call, or by the first step; see `Watching.changes`.
 */
export function changes<D extends Domain>(endpoint: Endpoint, _domain: D): Changes<D> {
  return ({ signal = new AbortController().signal, ...ask } = {}) =>
    asTyped(oneByOne(endpoint.watch('changes', asTyped<ChangesAsk>(ask), signal)))
}

/** One by one what comes in groups. */
export async function* oneByOne<T>(groups: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const group of groups) yield* group
}
