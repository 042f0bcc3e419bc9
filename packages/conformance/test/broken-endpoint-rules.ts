import { hasCode, limits, type StoredRecord } from '@stateward/contract'
import { type Around, type BrokenEndpoint, type Loose, withBody } from './broken-endpoint.ts'
import { refuse } from './plain-door.ts'
import { keyOf, PlainDraft } from './plain-draft.ts'
import { PlainEndpoint } from './plain-endpoint.ts'

export const brokenReferences: readonly BrokenEndpoint[] = [
  {
    breaks: 'looks at the references of some types only',
    caught: 'a reference to a record that is not there is INVALID_REFERENCE',
    Draft: class extends PlainDraft {
      override checkReferences(...[type, before, after]: Parameters<PlainDraft['checkReferences']>): void {
        if (type !== 'book') super.checkReferences(type, before, after)
      }
    },
  },
  {
    breaks: 'takes a deleted record for one that is there',
    caught: 'a reference to a deleted record is INVALID_REFERENCE',
    Draft: class extends PlainDraft {
      override get(type: string, id: string): StoredRecord | undefined {
        return super.get(type, id) ?? (type === 'author' ? this.lives.get(keyOf(type, id))?.last : undefined)
      }
    },
  },
  {
    breaks: 'does not see who refers to a record by a field that names the type',
    caught: 'a record that others refer to is RESTRICTED, and is deleted once they are gone',
    Draft: class extends PlainDraft {
      override dependents(
        ...[other, type, id]: Parameters<PlainDraft['dependents']>
      ): ReturnType<PlainDraft['dependents']> {
        return other === 'mark' ? [] : super.dependents(other, type, id)
      }
    },
  },
  {
    breaks: 'cascades one step and no further',
    caught: 'cascade deletes whatever refers to the record, near and far, in one commit',
    Draft: class extends PlainDraft {
      override dependents(
        ...[other, type, id]: Parameters<PlainDraft['dependents']>
      ): ReturnType<PlainDraft['dependents']> {
        return type === 'book' ? [] : super.dependents(other, type, id)
      }
    },
  },
  {
    breaks: 'restricts by references that keep',
    caught: 'a reference that keeps lets the id dangle',
    Draft: class extends PlainDraft {
      override dependents(
        ...[other, type, id]: Parameters<PlainDraft['dependents']>
      ): ReturnType<PlainDraft['dependents']> {
        const sequels = other === 'book' ? this.referring('book', 'sequel_of', id) : []
        return [...super.dependents(other, type, id), ...sequels.map((sequel) => ({ type: 'book', id: sequel.id }))]
      }
    },
  },
  {
    breaks: 'restores without a look at references',
    caught: 'restore is refused when what the record refers to has gone',
    Draft: class extends PlainDraft {
      restoring = false
      override restore(type: string, id: string): StoredRecord {
        this.restoring = true
        return super.restore(type, id)
      }

      override checkReferences(...given: Parameters<PlainDraft['checkReferences']>): void {
        if (!this.restoring) super.checkReferences(...given)
      }
    },
  },
  {
    breaks: 'lets a status go anywhere',
    caught: 'a status moves along its table; any other move is ILLEGAL_TRANSITION and says what is allowed',
    Draft: class extends PlainDraft {
      override checkTransition(): void {}
    },
  },
  {
    breaks: 'gives every refusal of a rule the same code',
    caught: 'a rule refuses with the code it names',
    around: (next, kind, body) =>
      next(kind, body).catch((error) =>
        hasCode(error, 'RESTRICTED') ? refuse('INVALID', 'a rule') : Promise.reject(error),
      ),
  },
  {
    breaks: 'keeps no reason in the log',
    caught: 'a guard refuses, and gives way to force with a reason, which the log keeps',
    Endpoint: class extends PlainEndpoint {
      override commit(...[draft, kind, { reason: _, ...body }]: Parameters<PlainEndpoint['commit']>): void {
        super.commit(draft, kind, body)
      }
    },
  },
  {
    breaks: 'satisfies a guard by commits of their own',
    caught: 'a guard is satisfied by cascade, in the same commit',
    around: (next, kind, body) =>
      next(kind, { ...body, ...(kind === 'update' && { cascade: false }) }).catch(async (error) => {
        if (body.cascade !== true || !hasCode(error, 'RESTRICTED')) throw error
        for (const id of error.details.drafts as string[])
          await next('update', { type: 'book', id, changes: { status: 'retired' } })
        return next(kind, body)
      }),
  },
]

export const brokenDoors: readonly BrokenEndpoint[] = [
  {
    breaks: 'has no records of a type that there is not',
    caught: 'a type that the domain does not define is INVALID, in every message',
    around: (next, kind, body) =>
      next(kind, body).catch((error) => (kind === 'query' ? { rows: [], seq: 0 } : Promise.reject(error))),
  },
  {
    breaks: 'does not say what the schema said',
    caught: 'a record that does not fit its schema is INVALID, and says where',
    around: (next, kind, body) =>
      next(kind, body).catch((error) =>
        hasCode(error, 'INVALID') ? refuse('INVALID', 'wrong') : Promise.reject(error),
      ),
  },
  {
    breaks: 'makes a text of an id that is a number',
    caught: 'an id is a text of 1 to idChars characters, and is given where the type says so',
    around: created((data) => (typeof data.id === 'number' ? { ...data, id: String(data.id) } : data)),
  },
  {
    breaks: 'passes over times that are none',
    caught: 'given times that are no date-times are INVALID',
    around: created(({ created_at: _, updated_at: __, ...data }) => data),
  },
  {
    breaks: 'takes what JSON makes of a value',
    caught: 'values that JSON would lose or change are INVALID',
    around: created((data) => {
      try {
        return JSON.parse(JSON.stringify(data))
      } catch {
        return data
      }
    }),
  },
  {
    breaks: 'drops a key called __proto__ in silence',
    caught: 'an own key __proto__ at the top of a record is INVALID',
    around: created((data) => Object.fromEntries(Object.entries(data).filter(([key]) => key !== '__proto__'))),
  },
  {
    breaks: 'drops what nests too deep',
    caught: 'a record nests at most as deep as limits.depth',
    around: created(({ deeper: _, ...data }) => data),
  },
  {
    breaks: 'drops keys that are too many',
    caught: 'an object holds at most limits.keysPerObject keys',
    around: created((data) => ({
      ...data,
      ...(data.many !== undefined && {
        many: Object.fromEntries(Object.entries(Object(data.many)).slice(0, limits.keysPerObject)),
      }),
    })),
  },
  {
    breaks: 'takes what is no list for an empty one',
    caught: 'data, changes and lists of the wrong shape are INVALID',
    around: withBody('createMany', (body) => ({ ...body, rows: Array.isArray(body.rows) ? body.rows : [] })),
  },
  {
    breaks: 'cuts long words',
    caught: 'words that are too long for the log are refused',
    around: withBody('create', (body) => ({ ...body, actor: String(body.actor ?? '').slice(0, limits.actorChars) })),
  },
  {
    breaks: 'answers nothing to a message that there is not',
    caught: 'a message that there is not is refused',
    around: (next, kind, body) =>
      next(kind, body).catch((error) => (hasCode(error, 'UNSUPPORTED') ? undefined : Promise.reject(error))),
  },
  {
    breaks: 'passes over a limit that is none',
    caught: 'a query with a mistake in it is INVALID',
    around: withBody('query', ({ limit, ...body }) => ({ ...body, ...(Number(limit) >= 1 && { limit }) })),
  },
  {
    breaks: 'has no rows for a field that there is not',
    caught: 'a field that a type with "fields" does not list is INVALID in a query',
    around: (next, kind, body) =>
      next(kind, body).catch((error) => (body.type === 'review' ? { rows: [], seq: 0 } : Promise.reject(error))),
  },
  {
    breaks: 'has no rows for a filter that is too large',
    caught: 'a filter has bounds',
    around: (next, kind, body) =>
      next(kind, body).catch((error) => (hasCode(error, 'TOO_LARGE') ? { rows: [], seq: 0 } : Promise.reject(error))),
  },
]

/** Changes the data of every creation. */
function created(change: (data: Loose['data']) => object): Around {
  const isObject = (data: unknown): boolean => typeof data === 'object' && data !== null && !Array.isArray(data)
  return withBody('create', (body) => ({ ...body, data: isObject(body.data) ? change(body.data) : body.data }))
}
