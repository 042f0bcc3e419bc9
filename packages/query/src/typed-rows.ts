/** The rows are what the store keeps of a type; that they are of type `R` is the promise of its schema. */
export function typed<R>(rows: readonly unknown[]): readonly R[] {
  return rows as readonly R[]
}
