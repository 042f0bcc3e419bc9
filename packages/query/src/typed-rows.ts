/** The rows are what the store keeps of a type; that they are of type `R` is the promise of its schema. */
export function typed<R>(rows: readonly unknown[]): readonly R[] {
  return rows as readonly R[]
}

/** What measures are of follows from what they were asked of. */
export function typedMeasures<A>(measures: unknown): A {
  return measures as A
}
