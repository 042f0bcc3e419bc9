import type { AggregateRow } from '@stateward/contract'
import type { GroupValueOf } from './group-of.ts'
import type { AggregateOf } from './measures-of.ts'
import { typed } from './typed.ts'

/** One value of a field, absent where the field is, and the measures of what has it. */
export type MeasuredGroupOf<R, F, M> = { readonly value?: GroupValueOf<R, F> } & AggregateOf<R, M>

/** A group as the builder gives it. */
export function measuredGroup<G>({ value, measures }: AggregateRow): G {
  return typed<G>(value === undefined ? { ...measures } : { ...measures, value })
}
