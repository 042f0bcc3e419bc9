import type { JsonValue } from '@stateward/contract'

/** A condition as plain JSON, in a shape that a typed `where` can check: `eq('status', 'x')` is `{ status: { eq: 'x' } }`. */
export type ConditionOn<Field extends string, Operators> = { readonly [K in Field]: Operators }

type Comparable = string | number | boolean

/** The field is there and holds this value. */
export function eq<const F extends string, const V extends JsonValue>(field: F, value: V): ConditionOn<F, { eq: V }> {
  return on(field, { eq: value })
}

/** The exact complement of `eq`: matches absence too. */
export function ne<const F extends string, const V extends JsonValue>(field: F, value: V): ConditionOn<F, { ne: V }> {
  return on(field, { ne: value })
}

/** The field holds one of these values; none of them matches nothing. */
export function isIn<const F extends string, const V extends JsonValue>(
  field: F,
  values: readonly V[],
): ConditionOn<F, { in: readonly V[] }> {
  return on(field, { in: values })
}

/** Below; values of another kind never match. */
export function lt<const F extends string, const V extends Comparable>(field: F, value: V): ConditionOn<F, { lt: V }> {
  return on(field, { lt: value })
}

/** Below or equal; values of another kind never match. */
export function lte<const F extends string, const V extends Comparable>(
  field: F,
  value: V,
): ConditionOn<F, { lte: V }> {
  return on(field, { lte: value })
}

/** Above; values of another kind never match. */
export function gt<const F extends string, const V extends Comparable>(field: F, value: V): ConditionOn<F, { gt: V }> {
  return on(field, { gt: value })
}

/** Above or equal; values of another kind never match. */
export function gte<const F extends string, const V extends Comparable>(
  field: F,
  value: V,
): ConditionOn<F, { gte: V }> {
  return on(field, { gte: value })
}

/** A text within a text, case-sensitive, or a value within a list. */
export function contains<const F extends string, const V extends JsonValue>(
  field: F,
  value: V,
): ConditionOn<F, { contains: V }> {
  return on(field, { contains: value })
}

/** The text begins with this one; case-sensitive. */
export function prefix<const F extends string>(field: F, text: string): ConditionOn<F, { prefix: string }> {
  return on(field, { prefix: text })
}

/** Whether the field is there at all; `null` is there. */
export function exists<const F extends string>(field: F, present = true): ConditionOn<F, { exists: boolean }> {
  return on(field, { exists: present })
}

/** Every filter holds; of none, everything does. */
export function and<const W extends readonly object[]>(...filters: W): { readonly and: W } {
  return { and: filters }
}

/** At least one filter holds; of none, nothing does. */
export function or<const W extends readonly object[]>(...filters: W): { readonly or: W } {
  return { or: filters }
}

/** The filter does not hold. */
export function not<const W extends object>(filter: W): { readonly not: W } {
  return { not: filter }
}

function on<F extends string, O>(field: F, operators: O): ConditionOn<F, O> {
  // A computed key loses its literal type; the result is the object literal that it looks like.
  return { [field]: operators } as ConditionOn<F, O>
}
