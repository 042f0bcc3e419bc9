import type { Group, JsonValue } from '@stateward/contract'

type ValueIn<R, F> = R extends unknown ? (F extends keyof R ? Exclude<R[F], undefined> : never) : never

/** What the rows of a group share in this field: a value of its type, `undefined` where it is absent. */
export type GroupValueOf<R, F> = unknown extends ValueIn<R, F> ? JsonValue : ValueIn<R, F>

/** One group by this field of records of type `R`, with the number of its rows. */
export type GroupOf<R, F> = Omit<Group, 'value'> & { readonly value?: GroupValueOf<R, F> }
