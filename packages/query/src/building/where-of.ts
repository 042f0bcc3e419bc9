import type { JsonValue, StoredRecord, Where } from '@stateward/contract'

/** Keys that are written out; the index signature of a loose schema names no field. */
type NamedKeys<R> = keyof { [K in keyof R as string extends K ? never : number extends K ? never : K]: unknown } &
  string
type KeysOf<R> = R extends unknown ? NamedKeys<R> : never
type ValueOf<R, K> = R extends unknown ? (K extends keyof R ? Exclude<R[K], undefined> : never) : never

/** Whether nothing is known of the fields, as in a store whose domain is only known at run time. */
type IsUntyped<R> = [StoredRecord] extends [R] ? true : false

/** The names of the fields of a record, in any of the shapes it may have. */
export type FieldOf<R> = IsUntyped<R> extends true ? string : KeysOf<R>

type Comparable = string | number | boolean
type Scalar = Comparable | null
type ItemOf<V> = V extends readonly (infer Item)[] ? Item : never

type Ranges<V> = [V] extends [never]
  ? unknown
  : { readonly lt?: V; readonly lte?: V; readonly gt?: V; readonly gte?: V }
type Prefix<V> = [Extract<V, string>] extends [never] ? unknown : { readonly prefix?: string }
type Contains<V> = [V] extends [never] ? unknown : { readonly contains?: V }

interface Equality<V> {
  readonly eq?: V
  readonly ne?: V
  readonly in?: readonly V[]
  readonly exists?: boolean
}

/** The operators that a field with values of this type has. */
export type OperatorsOf<V> = unknown extends V
  ? OperatorsOf<JsonValue>
  : Equality<V> &
      Ranges<Extract<V, Comparable>> &
      Prefix<V> &
      Contains<ItemOf<V> | (Extract<V, string> extends never ? never : string)>

/** A condition on a field: a scalar to equal, or operators. */
type ConditionOf<V> = Extract<unknown extends V ? JsonValue : V, Scalar> | OperatorsOf<V>

/**
 * A filter on records of type `R`: only their fields, only the operators that the field's values have, only operands of
 * its type. Where nothing is known of `R` it is the plain `Where`.
 */
export type WhereOf<R> =
  IsUntyped<R> extends true
    ? Where
    : { readonly [K in KeysOf<R>]?: ConditionOf<ValueOf<R, K>> } & {
        readonly and?: readonly WhereOf<R>[]
        readonly or?: readonly WhereOf<R>[]
        readonly not?: WhereOf<R>
      }
