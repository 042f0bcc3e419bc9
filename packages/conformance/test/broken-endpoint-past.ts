import type { QueryAnswer } from '@stateward/contract'
import { type BrokenEndpoint, withAnswer, withBody } from './broken-endpoint.ts'
import { PlainEndpoint } from './plain-endpoint.ts'
import { plainUndo } from './plain-past.ts'

export const brokenPast: readonly BrokenEndpoint[] = [
  {
    breaks: 'reads the newest state for the past',
    caught: 'every moment of the past reads as it was, whatever is written later and compacted',
    around: withBody('query', ({ asOf: _, ...query }) => query),
  },
  {
    breaks: 'continues a page of the past in the present',
    caught: 'a page of a past moment is followed by the rest of that moment',
    around: async (next, kind, { asOf, ...body }) => {
      if (kind !== 'query' || body.cursor === undefined)
        return next(kind, { ...body, ...(asOf !== undefined && { asOf }) })
      return { ...((await next('query', { type: body.type })) as QueryAnswer), seq: asOf }
    },
  },
  {
    breaks: 'finds the commit before the last',
    caught: 'asOf finds the last commit that is not behind a time',
    around: withAnswer('asOf', (moment) => ({ ...moment, seq: Math.max(0, moment.seq - 1) })),
  },
  {
    breaks: 'takes the future for the present',
    caught: 'what is no moment, or still to come, is INVALID',
    around: withBody('asOf', (body) => (Number(body.seq) > 5 ? { seq: 5 } : body)),
  },
  {
    breaks: 'tells every field of every version',
    caught: 'history tells the fields that each version changed',
    around: withAnswer('history', (answer) => ({
      ...answer,
      versions: answer.versions.map((version) => ({
        ...version,
        fields: Object.entries(version.record ?? {}).map(([field, after]) => ({ field, after })),
      })),
    })),
  },
  {
    breaks: 'calls every difference an update',
    caught: 'a difference names what is other at a later moment, and how',
    around: withAnswer('diff', ({ records }) => ({ records: records.map((one) => ({ ...one, op: 'updated' })) })),
  },
  {
    breaks: 'leaves out what was deleted when it undoes',
    caught: 'undo writes the inverse of a commit, whole, and may be undone itself',
    Endpoint: class extends PlainEndpoint {
      override undo(body: Parameters<PlainEndpoint['undo']>[0]): Promise<unknown> {
        const { seq, ...rest } = body
        const operations = plainUndo(this.store.commits, this.store.lives, seq ?? 0)
        const kept = operations.filter(({ op }) => op !== 'restore')
        return this.queued(() => this.write('transact', { ...rest, operations: kept } as never))
      }
    },
  },
  {
    breaks: 'undoes what was changed since',
    caught: 'undo of what was changed since is a CONFLICT that names it',
    around: async (next, kind, body) =>
      next(kind, body).catch((error: { code: string }) => {
        if (kind !== 'undo' || error.code !== 'CONFLICT') throw error
        return { seq: 6, results: [] }
      }),
  },
]
