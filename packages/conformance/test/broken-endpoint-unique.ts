import { hasCode, type StoredRecord } from '@stateward/contract'
import type { BrokenEndpoint } from './broken-endpoint.ts'
import { refuse } from './plain-door.ts'
import { type Life, PlainDraft } from './plain-draft.ts'
import { PlainEndpoint } from './plain-endpoint.ts'
import { shareKey } from './plain-unique.ts'

export const brokenUnique: readonly BrokenEndpoint[] = [
  {
    breaks: 'does not say who holds a value',
    caught: 'a value that only one record may hold is ALREADY_EXISTS for another, and says whose it is',
    around: (next, kind, body) =>
      next(kind, body).catch((error) =>
        hasCode(error, 'ALREADY_EXISTS') ? refuse('ALREADY_EXISTS', 'taken') : Promise.reject(error),
      ),
  },
  {
    breaks: 'takes null for a value that only one record may hold',
    caught: 'a record without the field, or with null in it, stands in nobody’s way',
    Draft: class extends PlainDraft {
      override share: typeof shareKey = (entity, key, one, other) =>
        shareKey(entity, key, one, other) || key.every((field) => one[field] === null && other[field] === null)
    },
  },
  {
    breaks: 'looks at each field of a key by itself',
    caught: 'several fields may be unique together',
    Draft: class extends PlainDraft {
      override share: typeof shareKey = (entity, key, one, other) =>
        key.some((field) => shareKey(entity, [field], one, other))
    },
  },
  {
    breaks: 'never gives a value back',
    caught: 'a value is free again when its record is deleted, by a cascade too, or holds another',
    Draft: class extends PlainDraft {
      override counted(life: Life): StoredRecord {
        return life.last
      }
    },
  },
  {
    breaks: 'takes one instant written in two ways for two values',
    caught: 'what is unique is the same value as a query finds: by content, and times by instant',
    Draft: class extends PlainDraft {
      override share: typeof shareKey = (entity, key, one, other) =>
        shareKey({ ...entity, times: new Set() }, key, one, other)
    },
  },
  {
    breaks: 'looks for shared values behind each step of a transaction',
    caught: 'of a transaction only what it leaves counts: two records may change places',
    Draft: class extends PlainDraft {
      override async step(...given: Parameters<PlainDraft['step']>): ReturnType<PlainDraft['step']> {
        const result = await super.step(...given)
        this.checkUnique()
        return result
      }
    },
  },
  {
    breaks: 'looks for shared values when all rows are written',
    caught: 'rows are looked at one by one: the first that would share a value is refused, and none is written',
    Draft: class extends PlainDraft {
      override checkUnique(row?: number): void {
        if (row === undefined) super.checkUnique()
      }
    },
  },
  {
    breaks: 'restores a record whatever others hold',
    caught: 'what was deleted or undone comes back only while nobody else holds its values',
    Draft: class extends PlainDraft {
      isRestoring = false
      override restore(type: string, id: string): StoredRecord {
        this.isRestoring = true
        return super.restore(type, id)
      }

      override checkUnique(): void {
        if (!this.isRestoring) super.checkUnique()
      }
    },
  },
  {
    breaks: 'says yes to everybody who asks for a value',
    caught: 'of many callers at once one gets a value',
    around: (next, kind, body) =>
      next(kind, body).catch((error) =>
        hasCode(error, 'ALREADY_EXISTS') ? { ...body.data, rev: 1 } : Promise.reject(error),
      ),
  },
  {
    breaks: 'forgets what is unique when it is opened again',
    caught: 'what is unique stays so when the store is opened again',
    Endpoint: class extends PlainEndpoint {
      readonly isFirst: boolean = this.lastSeq === 0
      override async write(...given: Parameters<PlainEndpoint['write']>): Promise<unknown> {
        const { Draft } = this
        const Lax = class extends Draft {
          override checkUnique(): void {}
        }
        if (!this.isFirst) Reflect.set(this, 'Draft', Lax)
        return super.write(...given)
      }
    },
  },
]
