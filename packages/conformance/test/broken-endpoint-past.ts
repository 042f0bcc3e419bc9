import type { QueryAnswer } from '@stateward/contract'
import { type BrokenEndpoint, withAnswer, withBody } from './broken-endpoint.ts'

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
]
