/** One page of rows; `cursor` is present when there are more. */
export interface Page<R> {
  readonly rows: readonly R[]
  readonly cursor?: string
}
