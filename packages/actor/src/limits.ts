/** Every default bound of the kernel, in one place. */
export const limits = {
  /** Messages that wait in a mailbox. */
  mailboxMessages: 10_000,
  /** Callers that wait for room in a full mailbox whose overflow policy is `wait`. */
  waitingAsks: 100_000,
  /** Deliveries handed to one `drain`. */
  batchMessages: 1_024,
  /** How long `stop` waits before it settles the rest with `CLOSED`. */
  stopTimeoutMs: 5_000,
  /** Batches in a row without a turn of the event loop; more would starve timers and sockets. */
  streakBatches: 1_000,
} as const
