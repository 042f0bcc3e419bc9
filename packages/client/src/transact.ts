import type {
  AskOptions,
  ChangesOf,
  CreateOf,
  Deleted,
  Domain,
  Endpoint,
  Expectation,
  ExpectOptions,
  GuardOptions,
  Protocol,
  RecordOf,
  Seq,
  TypeOf,
  WriteOptions,
} from '@stateward/contract'
import type { ClientOptions } from './client-options.ts'
import type { UnsetOf } from './collection.ts'
import { asRecord, asTyped } from './typed-answers.ts'
import { writeBody } from './write-body.ts'

type OperationOn<D extends Domain, T extends TypeOf<D>> =
  | { readonly op: 'create'; readonly type: T; readonly data: CreateOf<D, T> }
  | ({
      readonly op: 'update'
      readonly type: T
      readonly id: string
      readonly changes: ChangesOf<D, T>
      readonly unset?: readonly UnsetOf<D, T>[]
    } & ExpectOptions &
      GuardOptions)
  | ({ readonly op: 'delete'; readonly type: T; readonly id: string } & ExpectOptions & GuardOptions)
  | { readonly op: 'restore'; readonly type: T; readonly id: string }

/** One step of a transaction on a domain: `data` and `changes` are those of its `type`. */
export type OperationOf<D extends Domain> = { [T in TypeOf<D>]: OperationOn<D, T> }[TypeOf<D>]

/** What has to hold of a record of a domain for a transaction to be written; see `Expectation`. */
export type ExpectationOf<D extends Domain> = {
  [T in TypeOf<D>]: Omit<Expectation, 'type' | 'fields' | 'unset'> & {
    readonly type: T
    readonly fields?: Partial<RecordOf<D, T>>
    readonly unset?: readonly UnsetOf<D, T>[]
  }
}[TypeOf<D>]

export interface TransactOptions<D extends Domain> extends WriteOptions, AskOptions {
  /** Only where each of these holds when the commit is decided; else `CONFLICT`, and nothing is written. */
  readonly expect?: readonly ExpectationOf<D>[]
}

type ResultOf<D extends Domain, O> = O extends { readonly op: 'delete' }
  ? Deleted
  : O extends { readonly type: infer T extends TypeOf<D> }
    ? RecordOf<D, T>
    : never

/** What a transaction answers: its commit, and one item an operation, the record or the tombstone. */
export interface TransactedOf<D extends Domain, Operations extends readonly unknown[]> {
  readonly seq: Seq
  readonly results: { readonly [I in keyof Operations]: ResultOf<D, Operations[I]> }
}

/** Carries out operations in order, each seeing the ones before it, as one commit: all of them, or none. */
export type Transact<D extends Domain> = <const Operations extends readonly OperationOf<D>[]>(
  operations: Operations,
  options?: TransactOptions<D>,
) => Promise<TransactedOf<D, Operations>>

/** The typed `transact` of a domain at an endpoint. Rejects as the single writes do, naming the first operation that fails. */
export function transact<D extends Domain>(endpoint: Endpoint, _domain: D, options: ClientOptions = {}): Transact<D> {
  return (operations, { expect, ...writeOptions } = {}) => {
    const body: Protocol['transact']['ask'] = {
      ...writeBody(writeOptions, options.actor),
      operations: asTyped(operations),
      ...(expect === undefined ? {} : { expect: asTyped(expect) }),
    }
    return asRecord(endpoint.ask('transact', body, writeOptions))
  }
}
