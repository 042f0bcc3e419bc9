import type { AskOptions, ExpectOptions, GuardOptions, WriteOptions } from '@stateward/contract'

/** How collections treat every call. */
export interface ClientOptions {
  /** Who writes, for each write that does not say so itself; kept in the log. */
  readonly actor?: string
  /**
   * The endpoint answers absence with `undefined`, as a state manager in this process does; its promises are then handed
   * on untouched. Left out for endpoints across a wire, where absence is `null`: what they answer is looked through.
   */
  readonly inProcess?: boolean
}

/** Options of `create`, `createMany` and `restore`. */
export type CreateOptions = WriteOptions & AskOptions

/** Options of `delete`. */
export type DeleteOptions = WriteOptions & GuardOptions & ExpectOptions & AskOptions

/** Options of `updateMany` and `deleteMany`; the version expected stands in each item. */
export type ManyOptions = WriteOptions & GuardOptions & AskOptions

/** Options of `update`. */
export interface UpdateOptions<Field extends string = string>
  extends WriteOptions,
    GuardOptions,
    ExpectOptions,
    AskOptions {
  /** Fields to remove. */
  readonly unset?: readonly Field[]
}
