import type { LiveUpdate, Query } from '@stateward/contract'
import type { QueryRunner } from './query-runner.ts'
import { typed } from './typed.ts'

export interface LiveOptions {
  /** Ends it. */
  readonly signal?: AbortSignal
}

export interface SubscribeOptions extends LiveOptions {
  /** Hears of what makes an end to it, and of what the callback throws, which makes no end to anything. */
  readonly onError?: (error: unknown) => void
}

/** The result of a query, and then what becomes different in it. */
export function liveResults<R>(
  runner: QueryRunner,
  query: Query,
  { signal = new AbortController().signal }: LiveOptions = {},
): AsyncIterable<LiveUpdate<R>> {
  return typed<AsyncIterable<LiveUpdate<R>>>(runner.live(query, signal))
}

/** Calls back with each update; answers the way to stop. */
export function subscribed<R>(
  updates: (signal: AbortSignal) => AsyncIterable<LiveUpdate<R>>,
  callback: (update: LiveUpdate<R>) => void,
  { signal, onError = () => undefined }: SubscribeOptions,
): () => void {
  const over = new AbortController()
  const either = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal])
  const guarded = <T>(work: () => T): void => {
    try {
      work()
    } catch (error) {
      quietly(() => onError(error))
    }
  }
  const run = async (): Promise<void> => {
    for await (const update of updates(either)) {
      if (either.aborted) return
      guarded(() => callback(update))
    }
  }
  run().catch((error: unknown) => quietly(() => onError(error)))
  return () => over.abort()
}

/** Nobody is left to be told of what goes wrong in telling. */
function quietly(work: () => void): void {
  try {
    work()
  } catch {}
}
