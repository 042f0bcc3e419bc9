import type { Storage } from '@stateward/contract'

/** A stream that the command writes to. */
export type Sink = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** The world around the command; injected, so that tests decide it. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly stdout: Sink
  readonly stderr: Sink
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly version: string
  readonly time: Time
  /**
   * From the first call on, Ctrl-C aborts this signal instead of ending the process; a second one ends it. For commands
   * that have something to finish.
   */
  interrupt(): AbortSignal
  storageAt(dir: string): Storage
}

export interface Time {
  /** Milliseconds that only grow. */
  monotonicMs(): number
  /** Calls `action` again and again without keeping the process alive. Returns the way to call it off. */
  every(ms: number, action: () => void): () => void
}
