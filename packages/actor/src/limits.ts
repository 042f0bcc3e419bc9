/** Every default bound of the kernel, in one place. */
export const limits = {
  /** Messages that wait in a mailbox, in each of its priorities. */
  mailboxMessages: 10_000,
  /** Callers that wait for room in a full mailbox whose overflow policy is `wait`. */
  waitingAsks: 100_000,
  /** Messages that an actor has put aside. */
  stashedMessages: 10_000,
  /** Deliveries handed to one `drain`. */
  batchMessages: 1_024,
  /** Messages of a higher priority that may go before one of a lower, each time. */
  bypassMessages: 64,
  /** How long `stop` waits before it settles the rest with `CLOSED`. */
  stopTimeoutMs: 5_000,
  /** Batches in a row without a turn of the event loop; more would starve timers and sockets. */
  streakBatches: 1_000,
  /** Messages that nobody handled and that are kept to be looked at. */
  deadLetters: 1_000,
  /** The deadline of an ask made in the handling of a message that has none itself; without one a circle would never end. */
  nestedAskMs: 30_000,
  /** How long an actor may take to come up. */
  startTimeoutMs: 30_000,
  /** Restarts of an actor before its parent gives up, and the pauses before them. */
  restart: { atMost: 5, withinMs: 60_000, backoffMs: 100, maxBackoffMs: 10_000, jitter: 0.2 },
} as const
