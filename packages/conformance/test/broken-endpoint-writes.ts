import { hasCode, type JsonObject, type StoredRecord } from '@stateward/contract'
import { type BrokenEndpoint, withAnswer, withBody } from './broken-endpoint.ts'
import { refuse } from './plain-door.ts'
import { keyOf, PlainDraft } from './plain-draft.ts'
import { PlainEndpoint } from './plain-endpoint.ts'

type Operation<Op extends keyof PlainDraft> = Parameters<
  PlainDraft[Op] extends (...given: never[]) => unknown ? PlainDraft[Op] : never
>

export const brokenCreations: readonly BrokenEndpoint[] = [
  {
    breaks: 'writes times without milliseconds',
    caught: 'create answers the whole record: its fields, the defaults, an id, rev 1, times',
    Draft: class extends PlainDraft {
      override readonly now = `${new Date().toISOString().slice(0, 19)}Z`
    },
  },
  {
    breaks: 'makes ids that descend',
    caught: 'ids that the store makes are new and ascend',
    Draft: class extends PlainDraft {
      override create(...[type, entity, data]: Parameters<PlainDraft['create']>): Promise<StoredRecord> {
        const id = `01890000-0000-7000-8000-${String(1e9 - this.before.size).padStart(12, '0')}`
        return super.create(type, entity, entity.id === 'uuidv7' ? { id, ...data } : data)
      }
    },
  },
  {
    breaks: 'leaves absent records out of getMany',
    caught: 'get of an absent id is undefined; getMany answers in the order asked, absence included',
    around: withAnswer('getMany', (records) => records.filter((record) => record !== undefined)),
  },
  {
    breaks: 'deletes every record that has the id, whatever its type',
    caught: 'ids of one type are not ids of another',
    around: async (next, kind, body) => {
      if (kind === 'delete') await next('delete', { ...body, type: 'item' }).catch(() => undefined)
      return next(kind, body)
    },
  },
  {
    breaks: 'overwrites what is there',
    caught: 'create never overwrites: the same content is the same answer, other content is ALREADY_EXISTS',
    around: (next, kind, body) =>
      next(kind, body).catch((error) => {
        if (kind !== 'create' || !hasCode(error, 'ALREADY_EXISTS')) throw error
        return next('update', { type: body.type, id: body.data.id, changes: body.data })
      }),
  },
  {
    breaks: 'writes given times in its own way',
    caught: 'given times are kept as they are',
    around: withBody('create', (body) => {
      const { created_at, ...data } = body.data
      return {
        ...body,
        data: { ...data, ...(created_at && { created_at: new Date(String(created_at)).toISOString() }) },
      }
    }),
  },
  {
    breaks: 'drops fields that the schema does not know',
    caught: 'fields that the schema does not know are kept',
    Draft: class extends PlainDraft {
      override put(...[type, before, { colour: _, ...fields }]: Parameters<PlainDraft['put']>): StoredRecord {
        return super.put(type, before, fields)
      }
    },
  },
  {
    breaks: 'strips control characters',
    caught: 'values come back as JSON has them',
    around: withBody('create', (body) => ({
      ...body,
      data: JSON.parse(JSON.stringify(body.data).replaceAll('\\u001f', '')),
    })),
  },
  {
    breaks: 'finds ids in the prototype of an object',
    caught: 'ids may be any text',
    around: async (next, kind, body) => {
      const answer = await next(kind, body)
      return kind === 'get' && answer === undefined ? Reflect.get({}, body.id) : answer
    },
  },
  {
    breaks: 'gives copies that can be changed',
    caught: 'records given out are frozen, all the way down',
    around: withAnswer('query', (answer) => structuredClone(answer)),
  },
]

export const brokenUpdates: readonly BrokenEndpoint[] = [
  {
    breaks: 'merges nested objects',
    caught: 'update sets top-level fields, removes those in unset, and counts rev',
    around: async (next, kind, body) => {
      if (kind !== 'update' || body.changes?.nested === undefined) return next(kind, body)
      const before = (await next('get', { type: body.type, id: body.id })) as { nested?: object } | undefined
      return next(kind, {
        ...body,
        changes: { ...body.changes, nested: { ...before?.nested, ...Object(body.changes.nested) } },
      })
    },
  },
  {
    breaks: 'makes a version of an update that changes nothing',
    caught: 'an update that changes nothing writes nothing',
    Draft: class extends PlainDraft {
      override async update(...[operation]: Operation<'update'>): Promise<StoredRecord> {
        const before = this.get(operation.type, operation.id)
        const after = await super.update(operation)
        return after === before ? this.put(operation.type, before, after) : after
      }
    },
  },
  {
    breaks: 'takes null for absence',
    caught: 'null is a value, and not absence',
    around: (next, kind, body) => {
      if (kind !== 'update') return next(kind, body)
      const nulls = Object.entries(body.changes ?? {}).flatMap(([field, value]) => (value === null ? [field] : []))
      const changes = Object.fromEntries(Object.entries(body.changes ?? {}).filter(([field]) => !nulls.includes(field)))
      return next(kind, { ...body, changes, unset: [...nulls, ...((body.unset as string[]) ?? [])] })
    },
  },
  {
    breaks: 'does not tell the rev there is',
    caught: 'expectedRev that is not the rev is CONFLICT, and names the rev there is',
    around: (next, kind, body) =>
      next(kind, body).catch((error) =>
        hasCode(error, 'CONFLICT') ? refuse('CONFLICT', 'stale') : Promise.reject(error),
      ),
  },
  {
    breaks: 'does not look at expectedRev',
    caught: 'of many updates that expect one rev exactly one is taken',
    around: withBody('update', ({ expectedRev: _, ...body }) => body),
  },
  {
    breaks: 'creates what is not there to update',
    caught: 'update and delete of an absent or deleted record are NOT_FOUND',
    around: (next, kind, body) =>
      next(kind, body).catch((error) => {
        if (kind !== 'update' || !hasCode(error, 'NOT_FOUND')) throw error
        return next('create', { type: body.type, data: { id: body.id, ...body.changes } })
      }),
  },
  {
    breaks: 'passes over id and rev in changes',
    caught: 'id and rev never change by an update',
    around: withBody('update', (body) => {
      const { id: _, rev: __, ...changes } = body.changes ?? {}
      return { ...body, changes }
    }),
  },
  {
    breaks: 'asks the schema about new records only',
    caught: 'an updated record must still fit its schema',
    Draft: class extends PlainDraft {
      override async fitting(...[entity, fields]: Parameters<PlainDraft['fitting']>): Promise<JsonObject> {
        return 'pages' in fields ? fields : super.fitting(entity, fields)
      }
    },
  },
  {
    breaks: 'loses a field in a long chain of updates',
    caught: 'a long chain of updates is answered as any other',
    Draft: class extends PlainDraft {
      override put(...[type, before, fields]: Parameters<PlainDraft['put']>): StoredRecord {
        const { field_3: _, ...rest } = fields
        return super.put(type, before, this.nextRev(type, String(fields.id)) > 8 ? rest : fields)
      }
    },
  },
  {
    breaks: 'counts deleted records',
    caught: 'delete answers the tombstone, and takes the record out of every read',
    around: withAnswer('count', (_, { store }) => store.lives.size),
  },
  {
    breaks: 'counts rev anew behind a deletion',
    caught: 'an id that was deleted begins a new life: rev goes on, the old fields do not come back',
    Draft: class extends PlainDraft {
      override nextRev(type: string, id: string): number {
        return this.before.get(keyOf(type, id))?.record === undefined ? 1 : super.nextRev(type, id)
      }
    },
  },
  {
    breaks: 'lets a deleted UUID be used again',
    caught: 'an id that the store made is never used again',
    around: (next, kind, body) =>
      next(kind, body).catch((error) => {
        if (kind !== 'create' || body.type !== 'author' || !hasCode(error, 'ALREADY_EXISTS')) throw error
        return next('restore', { type: 'author', id: body.data.id })
      }),
  },
  {
    breaks: 'restores a record as if it were new',
    caught: 'restore brings back the last version before the deletion, as a new version',
    Draft: class extends PlainDraft {
      override restore(type: string, id: string): StoredRecord {
        return this.put(type, undefined, { ...super.restore(type, id), created_at: '2000-01-01T00:00:00.000Z' })
      }
    },
  },
]

export const brokenBulks: readonly BrokenEndpoint[] = [
  {
    breaks: 'answers a createMany from behind',
    caught: 'createMany answers its rows in order',
    around: withAnswer('createMany', (records) => [...records].reverse()),
  },
  {
    breaks: 'writes the rows before the one that it refuses',
    caught: 'a bulk write is refused whole',
    around: async (next, kind, body) => {
      if (kind !== 'createMany' || !Array.isArray(body.rows)) return next(kind, body)
      const records = []
      for (const data of body.rows) records.push(await next('create', { type: body.type, data }))
      return records
    },
  },
  {
    breaks: 'writes a long createMany as one commit',
    caught: 'a createMany that is too long for one commit is several, in order',
    Endpoint: class extends PlainEndpoint {
      override commit(...[draft, , body]: Parameters<PlainEndpoint['commit']>): void {
        super.commit(draft, 'create', body)
      }
    },
  },
  {
    breaks: 'does not look at expectedRev in updateMany',
    caught: 'updateMany and deleteMany answer in order, each with its own rev',
    around: withBody('updateMany', (body) => ({
      ...body,
      updates: (body.updates as object[]).map((update) => ({ ...update, expectedRev: undefined })),
    })),
  },
  {
    breaks: 'writes each operation of a transaction as a commit',
    caught: 'transact is one commit, and answers each operation in order',
    around: async (next, kind, body) => {
      if (kind !== 'transact' || !Array.isArray(body.operations)) return next(kind, body)
      let last: { seq: number; results: unknown[] } = { seq: 0, results: [] }
      const results: unknown[] = []
      for (const operation of body.operations) {
        last = (await next('transact', { operations: [operation] })) as typeof last
        results.push(...last.results)
      }
      return { ...last, results }
    },
  },
  {
    breaks: 'does the operations of a transaction in no order',
    caught: 'each operation of transact sees the ones before it',
    around: async (next, kind, body) => {
      if (kind !== 'transact' || !Array.isArray(body.operations)) return next(kind, body)
      const answer = (await next(kind, { operations: [...body.operations].reverse() })) as {
        seq: number
        results: unknown[]
      }
      return { ...answer, results: answer.results.reverse() }
    },
  },
  {
    breaks: 'does the first operation of a transaction that it refuses',
    caught: 'a transaction with an operation that is refused leaves no trace',
    around: (next, kind, body) =>
      next(kind, body).catch(async (error) => {
        if (kind === 'transact') await next(kind, { operations: body.operations.slice(0, 1) })
        throw error
      }),
  },
  {
    breaks: 'writes whatever is expected',
    caught: 'transact writes only where everything that it expects holds',
    around: withBody('transact', ({ expect: _, ...body }) => body),
  },
  {
    breaks: 'takes a transaction of any length',
    caught: 'a transaction above commitBytes is TOO_LARGE',
    Endpoint: class extends PlainEndpoint {
      override commit(...[draft, kind, body]: Parameters<PlainEndpoint['commit']>): void {
        super.commit(draft, kind === 'transact' ? 'create' : kind, body)
      }
    },
  },
]
