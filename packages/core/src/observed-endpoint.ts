import type { AskOptions, Commit, Endpoint, MessageKind, Protocol, Seq, Watching, WatchKind } from '@stateward/contract'
import type { Messages } from './messages.ts'

/** An endpoint whose messages are watched. */
export class ObservedEndpoint implements Endpoint {
  readonly #endpoint: Endpoint
  readonly #messages: Messages

  constructor(endpoint: Endpoint, messages: Messages) {
    this.#endpoint = endpoint
    this.#messages = messages
  }

  ask<K extends MessageKind>(kind: K, body: Protocol[K]['ask'], options?: AskOptions): Promise<Protocol[K]['answer']> {
    const times = this.#messages.wanted(kind)
    if (times === 0) return this.#endpoint.ask(kind, body, options)
    return this.#messages.watch(kind, body, times, () => this.#endpoint.ask(kind, body, options))
  }

  follow(from: Seq, signal: AbortSignal): AsyncIterable<readonly Commit[]> {
    return this.#endpoint.follow(from, signal)
  }

  watch<K extends WatchKind>(
    kind: K,
    body: Watching[K]['ask'],
    signal: AbortSignal,
  ): AsyncIterable<Watching[K]['item']> {
    return this.#endpoint.watch(kind, body, signal)
  }

  close(): Promise<void> {
    return this.#endpoint.close()
  }
}
