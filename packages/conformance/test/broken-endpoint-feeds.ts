import {
  type Commit,
  cursorType,
  type LiveUpdate,
  type RecordChange,
  type Seq,
  type Watching,
  type WatchKind,
} from '@stateward/contract'
import type { BrokenEndpoint } from './broken-endpoint.ts'
import { type Life, PlainDraft } from './plain-draft.ts'
import { PlainEndpoint } from './plain-endpoint.ts'

/** An endpoint whose feeds tell something else. */
function telling(
  change: (told: readonly RecordChange[], ask: Watching['changes']['ask']) => readonly RecordChange[],
): typeof PlainEndpoint {
  return class extends PlainEndpoint {
    override async *watch<K extends WatchKind>(
      kind: K,
      body: Watching[K]['ask'],
      signal: AbortSignal,
    ): AsyncGenerator<Watching[K]['item']> {
      for await (const told of super.watch(kind, body, signal)) {
        const changed = change(told as Watching['changes']['item'], body as Watching['changes']['ask'])
        if (changed.length > 0) yield changed as Watching[K]['item']
      }
    }
  }
}

/** An endpoint whose live queries tell something else. */
function live(change: (update: LiveUpdate) => LiveUpdate): typeof PlainEndpoint {
  return class extends PlainEndpoint {
    override async *watch<K extends WatchKind>(
      kind: K,
      body: Watching[K]['ask'],
      signal: AbortSignal,
    ): AsyncGenerator<Watching[K]['item']> {
      for await (const item of super.watch(kind, body, signal))
        yield (kind === 'live' ? change(item as LiveUpdate) : item) as Watching[K]['item']
    }
  }
}

export const brokenFeeds: readonly BrokenEndpoint[] = [
  {
    breaks: 'tells a change without what was before',
    caught: 'changes tells each change with the record before and after, whichever commit it begins with',
    Endpoint: telling((told) => told.map(({ before: _, ...rest }) => rest)),
  },
  {
    breaks: 'passes over the first commit that a feed begins with',
    caught: 'changes tells each change with the record before and after, whichever commit it begins with',
    Endpoint: telling((told, { since = 0 }) => told.filter(({ seq }) => since < 2 || seq > since)),
  },
  {
    breaks: 'ends a feed when all that is there has been told',
    caught: 'changes goes on with what comes, and ends on abort',
    Endpoint: class extends PlainEndpoint {
      override async *follow(from: Seq): AsyncGenerator<readonly Commit[]> {
        yield this.store.commits.slice(from - 1)
      }
    },
  },
  {
    breaks: 'takes whatever a feed is asked with',
    caught: 'changes refuses what it cannot be asked',
    Endpoint: class extends PlainEndpoint {
      override watch<K extends WatchKind>(
        kind: K,
        _: Watching[K]['ask'],
        signal: AbortSignal,
      ): AsyncIterable<Watching[K]['item']> {
        return super.watch(kind, {}, signal)
      }
    },
  },
  {
    breaks: 'moves a cursor although what is written with it is refused',
    caught: 'a cursor keeps its position, and moves in the same commit as what is written with it',
    around: async (next, kind, body) => {
      const [first, second] = kind === 'transact' ? body.operations : []
      if (first?.op === 'ack' && second !== undefined) await next(kind, { operations: [first] })
      return next(kind, body)
    },
  },
  {
    breaks: 'gives the same token to everybody who takes a cursor',
    caught: 'who takes a cursor fences whoever had it',
    Draft: class extends PlainDraft {
      override set(type: string, life: Life): void {
        const record = life.record && { ...life.record, token: 'the same' }
        super.set(type, type === cursorType ? { ...life, record } : life)
      }
    },
  },
  {
    breaks: 'leaves a cursor that is dropped where it is',
    caught: 'a cursor that is dropped is gone, and one of its name begins anew',
    Draft: class extends PlainDraft {
      override set(type: string, life: Life): void {
        if (type !== cursorType || life.record !== undefined) super.set(type, life)
      }
    },
  },
  {
    breaks: 'tells the whole result of a live query again and again',
    caught: 'a live query gives its result, and then what becomes different, in order and within its limit',
    Endpoint: live((update) => {
      if (update.kind === 'rows') return update
      const rows = update.changes.flatMap((change) => (change.op === 'enter' ? [change.record] : []))
      return { kind: 'rows', seq: update.seq, rows }
    }),
  },
  {
    breaks: 'takes any query as a live one',
    caught: 'a live query refuses what it cannot be',
    Endpoint: class extends PlainEndpoint {
      override watch<K extends WatchKind>(kind: K, body: Watching[K]['ask'], signal: AbortSignal) {
        return super.watch(kind, kind === 'live' ? ({ type: 'item' } as Watching[K]['ask']) : body, signal)
      }
    },
  },
  {
    breaks: 'tells of what leaves a filter no more',
    caught: 'changes tells of the types asked for, and of what comes into a filter or leaves it',
    Endpoint: telling((told, { where }) => told.filter(({ after }) => where === undefined || Number(after?.n) <= 2)),
  },
]
