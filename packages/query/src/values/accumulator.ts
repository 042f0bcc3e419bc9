/** Takes rows in, one after the other, and holds on to no more of them than its result needs. */
export interface Accumulator<Row, Result> {
  add(row: Row): void
  /** Of all that was added until now; asked for once. */
  result(): Result
}

/** What an accumulator makes of these rows. */
export function accumulated<Row, Result>(rows: Iterable<Row>, into: Accumulator<Row, Result>): Result {
  for (const row of rows) into.add(row)
  return into.result()
}
