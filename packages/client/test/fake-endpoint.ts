import type { AskOptions, Commit, Endpoint, MessageKind } from '@stateward/contract'

/** One message as it reached the endpoint. */
export interface Asked {
  readonly kind: MessageKind
  readonly body: unknown
  readonly options: AskOptions | undefined
}

/** An endpoint that keeps nothing: it remembers what it was asked, and answers what `answer` says. */
export class FakeEndpoint implements Endpoint {
  readonly asked: Asked[] = []
  readonly answers: Promise<unknown>[] = []
  closed = 0
  readonly #answer: (asked: Asked) => unknown

  constructor(answer: (asked: Asked) => unknown = nothing) {
    this.#answer = answer
  }

  ask<Answer>(kind: MessageKind, body: unknown, options?: AskOptions): Promise<Answer> {
    const asked = { kind, body, options }
    this.asked.push(asked)
    // What a fake answers is what its test expects of it.
    const answer = new Promise<Answer>((resolve) => resolve(this.#answer(asked) as Answer))
    this.answers.push(answer)
    return answer
  }

  async *follow(): AsyncGenerator<readonly Commit[]> {
    yield []
  }

  async *watch(): AsyncGenerator<never> {}

  async close(): Promise<void> {
    this.closed++
  }
}

/** The answers of an empty store, where an empty answer is not `undefined`. */
function nothing({ kind }: Asked): unknown {
  if (kind === 'query') return { rows: [], seq: 0 }
  return kind === 'getMany' ? [] : undefined
}
