/** Time, injected so that tests decide it. */
export interface Clock {
  /** Milliseconds since 1970, UTC, as the system says; may step back. */
  now(): number
  /** Milliseconds that only grow, from an arbitrary origin. */
  monotonicMs(): number
}

/** Randomness, injected so that tests can repeat it. */
export interface Random {
  /** `count` random bytes. */
  bytes(count: number): Uint8Array
}
