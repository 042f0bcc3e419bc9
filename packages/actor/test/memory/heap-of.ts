/** Bytes of heap, as {@link ./measure-memory.ts} prints them. */
export interface HeapOf {
  /** Of each waiting message, when 50 000 wait and when 100 000 do. */
  readonly tell: readonly [few: number, many: number]
  readonly ask: readonly [few: number, many: number]
  /** Kept behind a mailbox that was full and is empty again. */
  readonly emptied: number
  /** Kept behind 10 000 callers who gave up. */
  readonly givenUp: number
}
