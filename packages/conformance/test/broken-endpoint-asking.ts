import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { type AskOptions, type MessageKind, type Protocol, StatewardError } from '@stateward/contract'
import type { BrokenEndpoint } from './broken-endpoint.ts'
import { PlainEndpoint } from './plain-endpoint.ts'

type Answer<K extends MessageKind> = Promise<Protocol[K]['answer']>

export const brokenAsking: readonly BrokenEndpoint[] = [
  {
    breaks: 'lets other writes overtake a transaction',
    caught: 'calls made without waiting take effect in their order',
    around: async (next, kind, body) => {
      if (kind === 'transact') await nextTurn()
      return next(kind, body)
    },
  },
  {
    breaks: 'lets other writes overtake one whose schema is slow',
    caught: 'a schema that answers later does not reorder calls',
    around: async (next, kind, body) => {
      if (kind === 'create' && body.type === 'note') await delay(Number(body.data.delay_ms ?? 0))
      return next(kind, body)
    },
  },
  {
    breaks: 'gives one caller the answer of another',
    caught: 'many callers at once are each answered with their own',
    Endpoint: class extends PlainEndpoint {
      former: unknown
      override async write(...given: Parameters<PlainEndpoint['write']>): Promise<unknown> {
        const { former } = this
        this.former = await super.write(...given)
        return this.lastSeq === 100 ? former : this.former
      }
    },
  },
  {
    breaks: 'acknowledges before it applies',
    caught: 'what is acknowledged is seen by every read that follows',
    Endpoint: class extends PlainEndpoint {
      override commit(...given: Parameters<PlainEndpoint['commit']>): void {
        setImmediate(() => super.commit(...given))
      }
    },
  },
  {
    breaks: 'makes a repeated deletion again',
    caught: 'a second write with the same txid answers as the first did and changes nothing',
    around: (next, kind, { txid, ...body }) => next(kind, { ...body, ...(kind !== 'delete' && { txid }) }),
  },
  {
    breaks: 'looks for a txid before the write that carries it too is done',
    caught: 'writes with the same txid at the same time are one write',
    around: async (next, kind, { txid, ...body }, endpoint) => {
      const known = endpoint.store.answers.get(String(txid))
      if (known !== undefined) return known
      const answer = await next(kind, body)
      if (txid !== undefined) endpoint.store.answers.set(String(txid), answer)
      return answer
    },
  },
  {
    breaks: 'spends a txid on a write that it refuses',
    caught: 'a write that was refused leaves its txid free',
    around: (next, kind, body, endpoint) =>
      next(kind, body).catch((error) => {
        endpoint.store.answers.set(String(body.txid), { rev: 0 })
        throw error
      }),
  },
  {
    breaks: 'takes a level below that of the store',
    caught: 'a write may ask for the level of the store or more, and less is UNSUPPORTED',
    around: (next, kind, { durability: _, ...body }) => next(kind, body),
  },
  {
    breaks: 'does not look at a signal that has aborted',
    caught: 'a signal that has aborted is ABORTED, and nothing happens',
    Endpoint: class extends PlainEndpoint {
      override ask<K extends MessageKind>(kind: K, body: Protocol[K]['ask']): Answer<K> {
        return super.ask(kind, body)
      }
    },
  },
  {
    breaks: 'says ABORTED of a write that lands',
    caught: 'an abort while a write is under way is ABORTED and nothing happened, or comes too late',
    Endpoint: class extends PlainEndpoint {
      override async ask<K extends MessageKind>(kind: K, body: Protocol[K]['ask'], options?: AskOptions): Answer<K> {
        const answer = await super.ask(kind, body, options)
        if (options?.signal?.aborted) throw new StatewardError('ABORTED', 'aborted')
        return answer
      }
    },
  },
  {
    breaks: 'says TIMEOUT of a write that lands',
    caught: 'a write whose time is up is TIMEOUT and never happened, or UNKNOWN, or done',
    Endpoint: class extends PlainEndpoint {
      override async ask<K extends MessageKind>(kind: K, body: Protocol[K]['ask'], options?: AskOptions): Answer<K> {
        const answer = await super.ask(kind, body, options)
        if (options?.timeoutMs === 0) throw new StatewardError('TIMEOUT', 'too late')
        return answer
      }
    },
  },
  {
    breaks: 'answers after close',
    caught: 'after close every message is CLOSED, and close may be called again',
    Endpoint: class extends PlainEndpoint {
      override async ask<K extends MessageKind>(kind: K, body: Protocol[K]['ask'], options?: AskOptions): Answer<K> {
        if (kind === 'explain') this.closed = false
        return super.ask(kind, body, options)
      }
    },
  },
  {
    breaks: 'drops the writes that wait when it is closed',
    caught: 'whatever waits when the endpoint is closed is settled, and what was acknowledged is there',
    hangs: true,
    Endpoint: class extends PlainEndpoint {
      override queued<T>(work: () => Promise<T>): Promise<T> {
        return super.queued(() => (this.closed ? new Promise(() => undefined) : work()))
      }
    },
  },
]
