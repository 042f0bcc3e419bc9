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

/** Calls back once after so many milliseconds; keeps the process alive meanwhile only when asked. Returns the way to call it off. */
export interface Timers {
  after(ms: number, action: () => void, options?: { readonly keepAlive: boolean }): () => void
}

/** Who this process is, and which others live. */
export interface Machine {
  readonly pid: number
  readonly host: string
  /** What tells this process from an earlier one of the same pid; `undefined` when that cannot be known. */
  startOf(pid: number): string | undefined
  isAlive(pid: number): boolean
}
