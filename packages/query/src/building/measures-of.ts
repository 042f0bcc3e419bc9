import type { AggregateRow, JsonValue } from '@stateward/contract'
import { typed } from './typed.ts'
import type { FieldOf } from './where-of.ts'

/** Measures on records of type `R`: only its fields. */
export type MeasuresOf<R> = Readonly<
  Record<
    string,
    | { readonly count: true }
    | { readonly sum: FieldOf<R> }
    | { readonly avg: FieldOf<R> }
    | { readonly min: FieldOf<R> }
    | { readonly max: FieldOf<R> }
  >
>

type ValueOf<R, K> = R extends unknown ? (K extends keyof R ? Exclude<R[K], undefined | null> : never) : never
type Extreme<R, K> = [ValueOf<R, K>] extends [never] ? JsonValue : ValueOf<R, K>

/** What measures answer: numbers, or values of the field; `undefined` where there may be nothing to take them of. */
export type AggregateOf<R, M> = {
  readonly [Name in keyof M]: M[Name] extends { readonly count: true } | { readonly sum: string }
    ? number
    : M[Name] extends { readonly avg: string }
      ? number | undefined
      : M[Name] extends { readonly min: infer K } | { readonly max: infer K }
        ? Extreme<R, K> | undefined
        : never
}

/** The measures of an answer in one row. */
export function measuresOfAll<R, M>([row]: readonly AggregateRow[]): AggregateOf<R, M> {
  return typed<AggregateOf<R, M>>(row?.measures)
}
