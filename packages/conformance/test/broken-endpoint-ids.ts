import { hasCode, type Protocol, StatewardError, type StoredRecord } from '@stateward/contract'
import { type Around, type BrokenEndpoint, withAnswer, withBody } from './broken-endpoint.ts'

type Answer = Protocol['resolveId']['answer']

/** Answers otherwise than with a refusal of this code. */
function insteadOf(code: StatewardError['code'], answerOf: (details: StatewardError['details']) => Answer): Around {
  return (next, kind, body) =>
    next(kind, body).catch((error: unknown) => {
      if (kind !== 'resolveId' || !hasCode(error, code)) throw error
      return answerOf(error.details)
    })
}

export const brokenIds: readonly BrokenEndpoint[] = [
  {
    breaks: 'says that only the whole of an id tells it from others',
    caught: 'resolveId leads from an end to the one record whose id ends so, of its own type',
    around: withAnswer('resolveId', (answer) => ({ ...answer, shortest: answer.id })),
  },
  {
    breaks: 'takes an id that is there for an end as any other',
    caught: 'resolveId takes an id that is there for that one, whatever else ends with it',
    around: async (next, kind, body) => {
      if (kind !== 'resolveId') return next(kind, body)
      const { rows } = Object(await next('query', { type: body.type }))
      const found = rows.filter(({ id }: StoredRecord) => id.endsWith(body.id))
      if (found.length > 1) throw new StatewardError('AMBIGUOUS', 'several', { details: { candidates: [] } })
      return next(kind, body)
    },
  },
  {
    breaks: 'takes the first of several ids',
    caught: 'resolveId of an end that several ids have is AMBIGUOUS, and names up to 20 of them',
    around: insteadOf('AMBIGUOUS', ({ candidates }) => {
      const id = String([candidates].flat()[0])
      return { id, shortest: id }
    }),
  },
  {
    breaks: 'refuses an end that no id has, and does not say what comes near',
    caught: 'resolveId of an end that no id has is NOT_FOUND, and names what comes near',
    around: insteadOf('NOT_FOUND', ({ nearest: _, ...details }) => {
      throw new StatewardError('NOT_FOUND', 'none', { details })
    }),
  },
  {
    breaks: 'never means a deleted record',
    caught: 'resolveId means a deleted record only where it is asked to, and no live id ends so',
    around: withBody('resolveId', (body) => ({ ...body, deleted: false })),
  },
  {
    breaks: 'takes a number for an id',
    caught: 'what is no question for an id is INVALID',
    around: withBody('resolveId', (body) => (typeof body.id === 'number' ? { ...body, id: String(body.id) } : body)),
  },
  {
    breaks: 'tells a deleted record from the first other one only',
    caught: 'resolveId leads where a look at every id leads (seed 1)',
    around: withAnswer('resolveId', (answer) =>
      answer.deleted === true ? { ...answer, shortest: answer.id.slice(-1) } : answer,
    ),
  },
]
