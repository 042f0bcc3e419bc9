/** Whoever answers a number with itself: one contender of the comparison of actors. */
export interface Asker<R = unknown> {
  /** Resolves with a reply that holds `value`, which has gone to the one who answers and come back. */
  ask(value: number): Promise<R>
  /** What is in the reply: apart, so that nobody pays for one promise more than its users would. */
  answerIn(reply: R): number
  /** Leaves so many messages with one who does not handle them before `close`; resolves when they are all there. */
  fill(count: number): Promise<void>
  close(): Promise<void>
}

export interface AskerKind {
  readonly name: string
  /** For people: what it is and how it is set. */
  readonly title: string
  readonly role: 'stateward' | 'peer' | 'limit'
  /** Messages in other threads are not on this one's heap. */
  readonly memory: 'heap' | 'process'
  /** Loaded only in the process that measures it. */
  readonly open: () => Promise<Asker>
}
