import { describe, expect, test } from 'vitest'
import { defineDomain, reservedFieldNames, reservedTypeNames } from '../src/domain.ts'
import { type Entity, entity, fieldKind } from '../src/entity.ts'
import { hasCode } from '../src/error.ts'
import type { Schema } from '../src/schema.ts'

interface Fields {
  readonly name: string
  readonly owner: string
  readonly status: string
  readonly at: string
}

const schema: Schema<Fields> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Fields }) },
}
const plain = entity({ schema })

function refusalOf(entities: Record<string, Entity>): string {
  try {
    defineDomain(entities)
  } catch (error) {
    if (hasCode(error, 'INVALID')) return error.message
    throw error
  }
  throw new Error('the domain was accepted')
}

describe('defineDomain', () => {
  test('makes a frozen domain of types that fit each other', () => {
    const domain = defineDomain({
      owner: plain,
      thing: entity({
        schema,
        id: 'string',
        indexes: ['name', ['status', 'updated_at'], 'created_at'],
        refs: { owner: 'owner' },
        fields: ['name', 'owner', 'status', 'at'],
        times: ['at'],
        status: { field: 'status', initial: 'a', transitions: { a: ['b'], b: [] } },
      }),
    })
    expect(Object.keys(domain.entities)).toEqual(['owner', 'thing'])
    expect(Object.isFrozen(domain)).toBe(true)
    expect(Object.isFrozen(domain.entities)).toBe(true)
  })

  test.each([...reservedTypeNames, '', '1a', '$where', 'a-b', 'a b', 'é', 'a'.repeat(65)])(
    'refuses the type name %j',
    (name) => {
      expect(refusalOf(Object.fromEntries([[name, plain]]))).toContain(`type ${name}: a type name is`)
    },
  )

  test.each(['a', 'Z9_', 'a'.repeat(64)])('takes the type name %j', (name) => {
    expect(Object.keys(defineDomain({ [name]: plain }).entities)).toEqual([name])
  })

  test.each([...reservedFieldNames])('refuses an index on a field called %s', (field) => {
    const named = entity({ schema, indexes: [field as 'name'] })
    expect(refusalOf({ thing: named })).toContain(`a field may not be called ${field}`)
  })

  test('refuses what names a field that "fields" does not list', () => {
    const some = { schema, fields: ['name'] } as const
    const wrong = {
      index: entity({ ...some, indexes: ['owner'] }),
      later: entity({ ...some, indexes: [['name', 'owner']] }),
      unique: entity({ ...some, unique: [['name', 'owner']] }),
      reference: entity({ ...some, refs: { owner: 'thing' } }),
      typeField: entity({
        ...some,
        refs: { name: { to: { typeField: 'owner', types: ['thing'] }, onDelete: 'keep' } },
      }),
      time: entity({ ...some, times: ['owner'] }),
      text: entity({ ...some, texts: ['owner'] }),
      status: entity({ ...some, status: { field: 'owner', initial: 'a', transitions: { a: [] } } }),
    }
    for (const thing of Object.values(wrong))
      expect(refusalOf({ thing })).toContain('the field owner, which "fields" does not list')
    expect(defineDomain({ thing: entity({ ...some, indexes: ['name', 'created_at', 'updated_at'] }) })).toBeDefined()
  })

  test('refuses an index on nothing, and on one field twice', () => {
    for (const indexes of [[[]], [['name', 'name']]] as const) {
      expect(refusalOf({ thing: entity({ schema, indexes }) })).toContain(
        'an index names at least one field, each once',
      )
    }
  })

  test('refuses what is unique in nothing, and in one field twice', () => {
    for (const unique of [[[]], [['name', 'name']]] as const)
      expect(refusalOf({ thing: entity({ schema, unique }) })).toContain(
        'a unique key names at least one field, each once',
      )
    expect(refusalOf({ thing: entity({ schema, unique: ['or' as 'name'] }) })).toContain('may not be called or')
    expect(entity({ schema, unique: ['name', ['status', 'at']] }).unique).toEqual([['name'], ['status', 'at']])
  })

  test('refuses a reference to a type that is not there', () => {
    const straight = entity({ schema, refs: { owner: 'nobody' } })
    expect(refusalOf({ thing: straight })).toContain('its reference owner leads to the type nobody')
    const byField = entity({
      schema,
      refs: { owner: { to: { typeField: 'name', types: ['thing', 'toString'] }, onDelete: 'keep' } },
    })
    expect(refusalOf({ thing: byField })).toContain('its reference owner leads to the type toString')
  })

  test('refuses a transition to no status, and a beginning with none', () => {
    const lost = entity({ schema, status: { field: 'status', initial: 'a', transitions: { a: ['b'] } } })
    expect(refusalOf({ thing: lost })).toContain('its transitions lead to b')
    const never = entity({ schema, status: { field: 'status', initial: 'toString', transitions: { a: [] } } })
    expect(refusalOf({ thing: never })).toContain('its transitions lead to toString')
  })

  test('names the type in details', () => {
    expect(() => defineDomain({ query: plain })).toThrow(expect.objectContaining({ details: { type: 'query' } }))
  })
})

describe('entity', () => {
  test('fills in every default', () => {
    expect(plain).toEqual({
      schema,
      id: 'uuidv7',
      indexes: [],
      unique: [],
      refs: {},
      status: undefined,
      fields: undefined,
      texts: new Set(),
      customIndexes: [],
      times: new Set(['created_at', 'updated_at']),
      rules: [],
      guards: [],
      version: 1,
    })
  })

  test('writes indexes and references in one form', () => {
    const { indexes, refs } = entity({
      schema,
      indexes: ['name', ['status', 'at']],
      refs: { owner: 'thing', name: { to: 'thing', onDelete: 'keep' } },
    })
    expect(indexes).toEqual([['name'], ['status', 'at']])
    expect(refs).toEqual({ owner: { to: 'thing', onDelete: 'restrict' }, name: { to: 'thing', onDelete: 'keep' } })
  })

  test('says how the values of a field compare', () => {
    const timed = entity({ schema, times: ['at'] })
    expect(['at', 'created_at', 'updated_at'].map((field) => fieldKind(timed, field))).toEqual(['time', 'time', 'time'])
    expect(fieldKind(timed, 'name')).toBe('value')
  })
})
