import type { Domain, RecordOf, RelationsOf, StoredRecord, TypeOf } from '@stateward/contract'
import { QueryView, type QueryViewRunner, type WhereOf } from '@stateward/query'
import { perType } from './per-type.ts'
import { asTyped } from './typed-answers.ts'

/** Answers reads within the call. Throws `StatewardError`s. */
export interface ViewSource extends QueryViewRunner {
  get(type: string, id: string): StoredRecord | undefined
  getMany(type: string, ids: readonly string[]): readonly (StoredRecord | undefined)[]
}

/** The records of one type, read without a promise; also the query of all of them. */
export class View<D extends Domain, T extends TypeOf<D>> extends QueryView<RecordOf<D, T>, RelationsOf<D, T>> {
  readonly #source: ViewSource
  readonly #type: T

  constructor(source: ViewSource, type: T) {
    super(source, { type })
    this.#source = source
    this.#type = type
  }

  /** The record, frozen; `undefined` when there is none. */
  get(id: string): RecordOf<D, T> | undefined {
    return asTyped(this.#source.get(this.#type, id))
  }

  /** The records in the order of `ids`, `undefined` for each that is absent. */
  getMany(ids: readonly string[]): readonly (RecordOf<D, T> | undefined)[] {
    return asTyped(this.#source.getMany(this.#type, ids))
  }

  /** The records that match; all of them without a filter. A filter that is `undefined` is `INVALID`, not all of them. */
  override where(
    ...given: readonly [] | readonly [filter: WhereOf<RecordOf<D, T>>]
  ): QueryView<RecordOf<D, T>, RelationsOf<D, T>> {
    return given.length === 0 ? super.where({}) : super.where(given[0])
  }
}

/** One view per type of a domain, named as the type. */
export type Views<D extends Domain> = { readonly [T in TypeOf<D>]: View<D, T> }

/** Typed views over whatever answers at once: `views(source, domain).plan.get(id)`. */
export function views<D extends Domain>(source: ViewSource, domain: D): Views<D> {
  return perType<D, Views<D>>(domain, (type) => new View<D, typeof type>(source, type))
}
