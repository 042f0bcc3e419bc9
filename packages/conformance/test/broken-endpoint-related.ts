import type { QueryAnswer, RelatedRecords, StoredRecord } from '@stateward/contract'
import type { Around, BrokenEndpoint } from './broken-endpoint.ts'

/** Changes what every answer with `include` tells of each reference. */
function withRelated(change: (related: RelatedRecords, field: string) => RelatedRecords): Around {
  return async (next, kind, body) => {
    const answer = await next(kind, body)
    const { related }: QueryAnswer = Object(answer)
    if (kind !== 'query' || related === undefined) return answer
    const changed = Object.entries(related).map(([field, one]) => [field, change(one, field)])
    return { ...Object(answer), related: Object.fromEntries(changed) }
  }
}

export const brokenRelated: readonly BrokenEndpoint[] = [
  {
    breaks: 'gives a related record once a row',
    caught: 'include brings along what the rows lead to, each record once',
    around: withRelated(({ records, places }) => {
      const each: StoredRecord[] = []
      const placeOf = (place: number): number => {
        const record = records[place]
        return record === undefined ? -1 : each.push(record) - 1
      }
      return {
        records: each,
        places: places.map((place) => (typeof place === 'number' ? placeOf(place) : place.map(placeOf))),
      }
    }),
  },
  {
    breaks: 'takes any field for a reference that leads nowhere',
    caught: 'include takes references of the type, each once',
    around: (next, kind, body) => {
      const { include, ...rest } = body
      const isKnown = Array.isArray(include) && !include.includes('title')
      return next(kind, kind === 'query' && include !== undefined && !isKnown ? { ...rest, include: [] } : body)
    },
  },
  {
    breaks: 'reads what is related when it has answered',
    caught: 'what is included is as of the commit that the rows are of',
    around: async (next, kind, body) => {
      const answer: QueryAnswer = Object(await next(kind, body))
      if (kind !== 'query' || answer.related?.parent === undefined) return answer
      await new Promise(setImmediate)
      const { records, places } = answer.related.parent
      const fresh = await next('getMany', { type: 'item', ids: records.map(({ id }) => id) })
      return { ...answer, related: { parent: { records: fresh, places } } }
    },
  },
  {
    breaks: 'finds what is related only for the first rows',
    caught: 'include finds what a look at each record finds (seed 1)',
    around: withRelated(({ records, places }) => ({
      records,
      places: places.map((place, at) => (at < 5 ? place : -1)),
    })),
  },
]
