import { type Commit, limits, type Protocol, type Query, type QueryAnswer, type Seq } from '@stateward/contract'
import { type BrokenEndpoint, withAnswer, withRows } from './broken-endpoint.ts'
import type { Lives } from './plain-draft.ts'
import { PlainDraft } from './plain-draft.ts'
import { PlainEndpoint, type PlainStore } from './plain-endpoint.ts'

export const brokenQueries: readonly BrokenEndpoint[] = [
  {
    breaks: 'turns ties round together with the order',
    caught: 'rows come by id, or in the order asked, ties by id',
    around: async (next, kind, body) => {
      const [first] = (body.orderBy ?? []) as [string, string][]
      if (kind !== 'query' || first?.[1] !== 'desc') return next(kind, body)
      const answer = (await next(kind, { ...body, orderBy: [[first[0], 'asc']] })) as QueryAnswer
      return { ...answer, rows: [...answer.rows].reverse() }
    },
  },
  {
    breaks: 'takes absence for null',
    caught: 'null matches null, absence matches neither null nor anything but ne, not and exists',
    around: (next, kind, body) =>
      next(
        kind,
        kind === 'query' && body.where?.s === null
          ? { ...body, where: { or: [{ s: null }, { s: { exists: false } }] } }
          : body,
      ),
  },
  {
    breaks: 'compares times as texts',
    caught: 'times compare as instants, however they are written',
    around: withRows((rows, { where }) =>
      typeof where?.when === 'string' ? rows.filter(({ when }) => when === where.when) : rows,
    ),
  },
  {
    breaks: 'takes a text of digits for a number',
    caught: 'ranges compare values of one kind only',
    around: async (next, kind, body) => {
      const answer = await next(kind, body)
      if (kind !== 'query' || Object(body.where?.n).gte !== 0) return answer
      const { rows, seq } = answer as QueryAnswer
      return { seq, rows: [...rows, await next('get', { type: 'item', id: '2' })] }
    },
  },
  {
    breaks: 'does not say of which commit an answer is',
    caught: 'a query is of one commit, and says of which',
    around: withAnswer('query', (answer) => ({ ...answer, seq: 0 })),
  },
  {
    breaks: 'loses a row of many',
    caught: 'a query answers what a look at every record answers (seed 1)',
    around: withRows((rows) => rows.filter((_, at) => at !== 17)),
  },
  {
    breaks: 'says that no answer is degraded',
    caught: 'an answer is its rows, its commit, a cursor where rows are left out, and degraded only as true',
    around: withAnswer('query', (answer) => ({ degraded: false, ...answer })),
  },
  {
    breaks: 'takes whatever the groups are to be by for a field',
    caught: 'explain of the groups of a query, too, says degraded only as true',
    around: (next, kind, { by, ...body }) => next(kind, kind === 'explain' ? body : { by, ...body }),
  },
  {
    breaks: 'scans whatever it is asked',
    caught: 'explain tells how a query is answered',
    around: withAnswer('explain', (explanation) => ({ ...explanation, plan: { kind: 'scan', estimatedRows: 0 } })),
  },
  {
    breaks: 'tells what it expected for what it found',
    caught: 'explain with analyze tells what answering took, or is UNSUPPORTED',
    around: withAnswer('explain', ({ analysis, ...plan }) => ({
      ...plan,
      ...(analysis && { analysis: { ...analysis, rows: plan.records } }),
    })),
  },
  {
    breaks: 'skips the first row of every further page',
    caught: 'the pages of a query are the query, each row once',
    around: withRows((rows, { cursor }) => (cursor === undefined ? rows : rows.slice(1))),
  },
  {
    breaks: 'counts rows to find the next page',
    caught: 'pages stay right while writes go on: whatever stays as it is comes once',
    Endpoint: class extends PlainEndpoint {
      override query({ cursor = '0', limit = limits.queryRows, ...query }: Query): QueryAnswer {
        const { rows, seq } = super.query(query)
        const end = Number(cursor) + limit
        return { seq, rows: rows.slice(Number(cursor), end), ...(end < rows.length && { cursor: String(end) }) }
      }
    },
  },
  {
    breaks: 'takes the cursor of any query',
    caught: 'a cursor continues its own query only',
    Endpoint: class extends PlainEndpoint {
      override query({ cursor, ...query }: Query): QueryAnswer {
        if (cursor === undefined) return super.query(query)
        const { limit: _, ...own } = query
        const [, last] = JSON.parse(Buffer.from(cursor, 'base64').toString())
        return super.query({ ...query, cursor: Buffer.from(JSON.stringify([own, last])).toString('base64') })
      }
    },
  },
  {
    breaks: 'loses count of rev after a while',
    caught: 'a random history equals a map of its records (seed 1)',
    Draft: class extends PlainDraft {
      override nextRev(type: string, id: string): number {
        const rev = super.nextRev(type, id)
        return rev === 9 ? 10 : rev
      }
    },
  },
]

export const brokenVersions: readonly BrokenEndpoint[] = [
  {
    breaks: 'tells history from behind',
    caught: 'history gives every version of a record, oldest first, with what each commit left',
    around: withAnswer('history', ({ versions }) => ({ versions: [...versions].reverse() })),
  },
  {
    breaks: 'begins the next page of a history with the last version of this one',
    caught: 'a long history comes in pages, which follow one another',
    around: withAnswer('history', ({ next, versions }) => ({ versions, ...(next && { next: versions.at(-1)?.seq }) })),
  },
  {
    breaks: 'gives the first commits that it follows twice',
    caught: 'follow gives every commit from the first, then each as it comes, and ends on abort',
    Endpoint: class extends PlainEndpoint {
      override async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<readonly Commit[]> {
        yield this.store.commits.slice(from - 1)
        yield* super.follow(from, signal)
      }
    },
  },
  {
    breaks: 'reads the newest state for a snapshot',
    caught: 'a snapshot stays as it was while writes go on',
    Endpoint: class extends PlainEndpoint {
      override view(snapshot: string | undefined): { readonly lives: Lives; readonly seq: Seq } {
        return { lives: this.store.lives, seq: super.view(snapshot).seq }
      }
    },
  },
  {
    breaks: 'opens any number of snapshots',
    caught: 'at most limits.openSnapshots are open at once',
    Endpoint: class extends PlainEndpoint {
      override snapshot(): Protocol['snapshot']['answer'] {
        if (this.snapshots.size === limits.openSnapshots) this.snapshots.delete('s1')
        return super.snapshot()
      }
    },
  },
  {
    breaks: 'counts deleted records among those that there are',
    caught: 'stats counts what there is',
    around: withAnswer('stats', (stats, { store }) => ({ ...stats, records: store.lives.size })),
  },
  {
    breaks: 'takes a tombstone for damage',
    caught: 'verify finds a healthy store sound: log, indexes and records',
    around: withAnswer('verify', (report, { store }) => ({ ...report, ok: report.records === store.lives.size })),
  },
  {
    breaks: 'flushes without waiting for what was asked before',
    caught: 'flush answers the last seq, with everything before it safe',
    around: (next, kind, body, endpoint) =>
      kind === 'flush' ? Promise.resolve({ lastSeq: endpoint.lastSeq }) : next(kind, body),
  },
  {
    breaks: 'forgets the tombstones when it compacts',
    caught: 'compact changes no answer',
    around: withAnswer('compact', (report, { store }) => {
      store.lives = new Map([...store.lives].filter(([, { record }]) => record !== undefined))
      return report
    }),
  },
  {
    breaks: 'puts the state that it compacted in place of the one that there is',
    caught: 'compact may run while writes go on',
    around: async (next, kind, body, endpoint) => {
      const { lives } = endpoint.store
      const answer = await next(kind, body)
      if (kind === 'compact') {
        await endpoint.tail
        endpoint.store.lives = lives
      }
      return answer
    },
  },
  {
    breaks: 'waits for snapshots before it compacts again',
    caught: 'compact settles while a snapshot is open, however often it is asked',
    hangs: true,
    Endpoint: class extends PlainEndpoint {
      compactions = 0
      override queued<T>(work: () => Promise<T>): Promise<T> {
        if (this.snapshots.size > 0) this.compactions += 1
        return this.compactions > 3 ? new Promise(() => undefined) : super.queued(work)
      }
    },
  },
  {
    breaks: 'forgets txids when it is opened again',
    caught: 'a store that is opened again is as it was',
    Endpoint: class extends PlainEndpoint {
      constructor(store: PlainStore, Draft?: typeof PlainDraft) {
        super(store, Draft)
        store.answers.clear()
      }
    },
  },
]
