import { describe, expectTypeOf, test } from 'vitest'
import {
  type ChangesOf,
  type CreateOf,
  defineDomain,
  type RecordOf,
  type RelationsOf,
  type TypeOf,
} from '../src/domain.ts'
import { type EntityInput, type EntityOutput, type EntityRefs, entity } from '../src/entity.ts'
import { hasCode } from '../src/error.ts'
import type { Protocol } from '../src/protocol.ts'
import type { InputOf, OutputOf, Schema } from '../src/schema.ts'

interface Given {
  readonly title: string
  readonly pages?: number
}
interface Kept {
  readonly title: string
  readonly pages: number
}

const schema: Schema<Given, Kept> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Kept }) },
}
const book = entity({ schema, id: 'string', indexes: ['title', ['title', 'updated_at']], refs: { title: 'author' } })
const author = entity({ schema })
const domain = defineDomain({ book, author })
type D = typeof domain

describe('types are inferred from schemas', () => {
  test('what goes in and what comes out', () => {
    expectTypeOf<InputOf<typeof schema>>().toEqualTypeOf<Given>()
    expectTypeOf<OutputOf<typeof schema>>().toEqualTypeOf<Kept>()
    expectTypeOf<EntityInput<typeof book>>().toEqualTypeOf<Given>()
    expectTypeOf<EntityOutput<typeof book>>().toEqualTypeOf<Kept>()
    expectTypeOf<TypeOf<D>>().toEqualTypeOf<'book' | 'author'>()
  })

  test('a record has its fields and those of the system', () => {
    expectTypeOf<RecordOf<D, 'book'>>().toHaveProperty('pages').toEqualTypeOf<number>()
    expectTypeOf<RecordOf<D, 'book'>>().toHaveProperty('rev').toEqualTypeOf<number>()
    expectTypeOf<RecordOf<D, 'book'>>().toHaveProperty('created_at').toEqualTypeOf<string>()
  })

  test('an id is given where the caller gives it, and may be left out where the store makes it', () => {
    expectTypeOf<{ id: string; title: string }>().toExtend<CreateOf<D, 'book'>>()
    expectTypeOf<{ title: string }>().not.toExtend<CreateOf<D, 'book'>>()
    expectTypeOf<{ title: string }>().toExtend<CreateOf<D, 'author'>>()
    expectTypeOf<{ id: string; title: string; created_at: string }>().toExtend<CreateOf<D, 'author'>>()
    expectTypeOf<{ id: string }>().not.toExtend<CreateOf<D, 'author'>>()
  })

  test('changes are any of the fields, of their types', () => {
    expectTypeOf<{ pages: number }>().toExtend<ChangesOf<D, 'book'>>()
    expectTypeOf<{ updated_at: string }>().toExtend<ChangesOf<D, 'book'>>()
    expectTypeOf<{ pages: string }>().not.toExtend<ChangesOf<D, 'book'>>()
  })

  test('indexes, references and times name fields that there are', () => {
    // @ts-expect-error: no such field
    entity({ schema, indexes: ['titel'] })
    // @ts-expect-error: no such field
    entity({ schema, refs: { titel: 'author' } })
    // @ts-expect-error: no such field, beside one that there is
    entity({ schema, refs: { title: 'author', titel: 'author' } })
    // @ts-expect-error: no such field
    entity({ schema, times: ['titel'] })
    // @ts-expect-error: no such field
    entity({ schema, unique: ['titel'] })
    // @ts-expect-error: no such field, in a list beside one that there is
    entity({ schema, unique: ['title', ['title', 'titel']] })
    entity({ schema, unique: ['title', ['title', 'pages'], 'created_at'] })
  })

  test('what references lead to is kept as it was written', () => {
    expectTypeOf<EntityRefs<typeof book>>().toEqualTypeOf<{ readonly title: 'author' }>()
    expectTypeOf<keyof EntityRefs<typeof author>>().toEqualTypeOf<never>()
    expectTypeOf<RelationsOf<D, 'book'>['title']>().toEqualTypeOf<RecordOf<D, 'author'> | undefined>()
    const to = { typeField: 'title', types: ['book', 'author'] } as const
    const mark = entity({ schema, refs: { title: { to, onDelete: 'keep' } } })
    expectTypeOf<EntityRefs<typeof mark>>().toEqualTypeOf<{ readonly title: 'book' | 'author' }>()
  })

  test('hasCode narrows to the code, and takes none that there is not', () => {
    const error: unknown = undefined
    if (hasCode(error, 'CONFLICT')) expectTypeOf(error.code).toEqualTypeOf<'CONFLICT'>()
    // @ts-expect-error: no such code
    hasCode(error, 'CONFLIKT')
  })

  test('a message has the question and the answer of its kind', () => {
    expectTypeOf<Protocol['delete']['answer']>().toEqualTypeOf<{ readonly id: string; readonly rev: number }>()
    expectTypeOf<{ type: string; data: { n: 1 } }>().toExtend<Protocol['create']['ask']>()
    expectTypeOf<{ type: string }>().not.toExtend<Protocol['create']['ask']>()
  })
})
