import type { AskOptions, JsonObject, MessageKind, Protocol, QueryAnswer, StoredRecord } from '@stateward/contract'
import type { OpenedEndpoint } from '../src/endpoint/trial.ts'
import { PlainDraft } from './plain-draft.ts'
import { PlainEndpoint, PlainStore } from './plain-endpoint.ts'

/** The fields of all messages, to be changed on the way. */
export interface Loose {
  readonly type: string
  readonly id: string
  readonly data: JsonObject
  readonly changes: JsonObject
  readonly rows: readonly JsonObject[]
  readonly operations: readonly Loose[]
  readonly where: JsonObject
  readonly [field: string]: unknown
}

export type Next = (kind: MessageKind, body: object) => Promise<unknown>

export type Around = (next: Next, kind: MessageKind, body: Loose, endpoint: PlainEndpoint) => Promise<unknown>

/** An endpoint that breaks one promise, and the name of the case that must see it. */
export interface BrokenEndpoint {
  readonly breaks: string
  readonly caught: string
  /** Stands between the question and its answer. */
  readonly around?: Around
  readonly Draft?: typeof PlainDraft
  readonly Endpoint?: typeof PlainEndpoint
  /** Breaks it by never settling. */
  readonly hangs?: true
}

export function openBrokenEndpoint({
  Draft = PlainDraft,
  Endpoint = PlainEndpoint,
  around,
}: BrokenEndpoint): OpenedEndpoint {
  const store = new PlainStore()
  class Around extends Endpoint {
    override async ask<K extends MessageKind>(
      kind: K,
      body: Protocol[K]['ask'],
      options?: AskOptions,
    ): Promise<Protocol[K]['answer']> {
      if (around === undefined) return super.ask(kind, body, options)
      const next: Next = (other, changed) => super.ask(other, changed as Protocol[MessageKind]['ask'], options)
      return (await around(next, kind, body as unknown as Loose, this)) as Protocol[K]['answer']
    }
  }
  const open = async (): Promise<PlainEndpoint> => new Around(store, Draft)
  return { endpoint: new Around(store, Draft), reopen: open, inProcess: true }
}

/** Changes the rows of every answer to `query`. */
export function withRows(
  change: (rows: readonly StoredRecord[], query: Loose) => readonly (StoredRecord | undefined)[],
): Around {
  return async (next, kind, body) => {
    const answer = await next(kind, body)
    if (kind !== 'query') return answer
    return { ...(answer as QueryAnswer), rows: change((answer as QueryAnswer).rows, body) }
  }
}

/** Changes every question of one kind. */
export function withBody(kind: MessageKind, change: (body: Loose) => object): Around {
  return (next, asked, body) => next(asked, asked === kind ? change(body) : body)
}

/** Changes every answer of one kind. */
export function withAnswer<K extends MessageKind>(
  kind: K,
  change: (answer: Protocol[K]['answer'], endpoint: PlainEndpoint) => unknown,
): Around {
  return async (next, asked, body, endpoint) => {
    const answer = await next(asked, body)
    return asked === kind ? change(answer as Protocol[K]['answer'], endpoint) : answer
  }
}
