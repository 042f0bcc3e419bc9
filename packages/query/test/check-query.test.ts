import { type Entity, hasCode, limits, StatewardError } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { checkField } from '../src/validation/check-field.ts'
import { checkQuery } from '../src/validation/check-query.ts'
import { withTimes } from './arbitrary-records.ts'

const closed: Entity = { ...withTimes, fields: new Set(['status', 'order', 'at']) }

function refusal(query: unknown, entity: Entity = withTimes): StatewardError {
  try {
    checkQuery(query, entity)
  } catch (error) {
    if (error instanceof StatewardError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const where = (filter: unknown, entity?: Entity): StatewardError => refusal({ type: 'mixed', where: filter }, entity)

const nested = (levels: number): object => (levels === 1 ? {} : { not: nested(levels - 1) })
const circle: Record<string, unknown> = {}
circle.not = circle
const circularValue: unknown[] = []
circularValue.push(circularValue)

describe('what is right comes back as a copy', () => {
  test('with every part of it', () => {
    const query = {
      type: 'mixed',
      where: {
        status: 'x',
        order: { gte: 1, lt: 5, ne: 3 },
        or: [{ not: { a: null } }, { and: [] }],
        list: { contains: ['x'] },
      },
      orderBy: [['at', 'desc']],
      limit: 7,
      cursor: 'c',
      snapshot: 's',
    }
    const checked = checkQuery(query, withTimes)
    expect(checked).toEqual(query)
    query.where.order.lt = 6
    query.where.list.contains.push('y')
    expect(checked.where).toMatchObject({ order: { lt: 5 }, list: { contains: ['x'] } })
  })

  test('absent keys stay absent, undefined ones become so', () => {
    expect(checkQuery({ type: 'mixed', where: undefined, limit: undefined, cursor: undefined }, withTimes)).toEqual({
      type: 'mixed',
    })
  })

  test('objects without a prototype, as another realm or a parser makes them', () => {
    const bare = Object.assign(Object.create(null), { status: Object.assign(Object.create(null), { eq: 'x' }) })
    expect(checkQuery({ type: 'mixed', where: bare }, withTimes).where).toEqual({ status: { eq: 'x' } })
  })

  test.each([1, limits.queryRows])('a limit of %d', (limit) =>
    expect(checkQuery({ type: 'mixed', limit }, withTimes).limit).toBe(limit),
  )

  test('as deep, wide and long as the limits say', () => {
    const values = Array.from({ length: limits.inValues }, (_, at) => at)
    const conditions = Array.from({ length: limits.filterNodes - 1 }, () => ({}))
    for (const filter of [nested(limits.filterDepth), { a: { in: values } }, { and: conditions }, { a: { in: [] } }]) {
      expect(checkQuery({ type: 'mixed', where: filter }, withTimes).where).toEqual(filter)
    }
  })

  test('system fields where the fields are listed', () => {
    const filter = { id: 'x', rev: 1, created_at: { gte: '2024-01-01T00:00:00Z' }, updated_at: null, status: 'x' }
    expect(checkQuery({ type: 'mixed', where: filter }, closed).where).toEqual(filter)
  })
})

describe('what is wrong is INVALID, and the message helps', () => {
  test.each<[unknown, string]>([
    [undefined, 'expected an object, found undefined'],
    [[], 'found a list of 0'],
    [new Map(), 'found an object (Map)'],
    [{ type: 'mixed', wher: {} }, 'unknown key "wher". Did you mean "where"?'],
    [{}, 'query.type'],
    [{ type: '' }, 'query.type'],
    [{ type: 'mixed', where: null }, 'query.where: expected a filter'],
    [{ type: 'mixed', where: [] }, 'found a list of 0'],
    [{ type: 'mixed', where: new Date(0) }, 'found an object (Date)'],
    [{ type: 'mixed', where: Object.create({ status: 'x' }) }, 'expected a filter'],
    [{ type: 'mixed', limit: 0 }, 'query.limit: expected a whole number from 1 to 1000000, found 0'],
    [{ type: 'mixed', limit: limits.queryRows + 1 }, 'found 1000001'],
    [{ type: 'mixed', limit: 1.5 }, 'found 1.5'],
    [{ type: 'mixed', limit: Number.NaN }, 'found NaN'],
    [{ type: 'mixed', limit: '5' }, 'found "5"'],
    [{ type: 'mixed', cursor: 5 }, 'query.cursor'],
    [{ type: 'mixed', cursor: '' }, 'query.cursor'],
    [{ type: 'mixed', snapshot: {} }, 'query.snapshot'],
    [{ type: 'mixed', orderBy: 'at' }, 'query.orderBy: expected a list'],
    [{ type: 'mixed', orderBy: ['at'] }, 'found "at" at 0'],
    [{ type: 'mixed', orderBy: [['at']] }, 'found a list of 1 at 0'],
    [{ type: 'mixed', orderBy: [['at', 'up']] }, "expected the direction 'asc' or 'desc', found \"up\""],
    [{ type: 'mixed', orderBy: [[5, 'asc']] }, 'expected the name of a field, found 5'],
    [{ type: 'mixed', orderBy: [['__proto__', 'asc']] }, 'no field can be called __proto__'],
  ])('%j', (query, words) => {
    const error = refusal(query)
    expect(error.code).toBe('INVALID')
    expect(error.message).toContain(words)
  })

  test.each<[string, unknown, string]>([
    ['an unknown operator', { a: { gt: 1, gtt: 2 } }, 'found "gtt". Did you mean "gt"? The operators are: eq, ne'],
    ['an object to equal', { a: { x: 1 } }, 'an object as the value to equal is written { eq: … }'],
    ['an operator of every object', { a: { toString: 1 } }, 'found "toString"'],
    ['a regular expression', { a: /x/ }, 'found an object (RegExp)'],
    ['a regular expression to contain', { a: { contains: /x/ } }, 'found an object (RegExp)'],
    ['a regular expression as a prefix', { a: { prefix: /x/ } }, 'expected a text'],
    ['a regular expression by name', { a: { regex: 'x' } }, 'found "regex"'],
    ['a regular expression as elsewhere', { a: { $regex: '(x+x+)+y' } }, 'found "$regex"'],
    ['a pattern', { a: { like: '%x%' } }, 'found "like"'],
    ['no operator', { a: {} }, 'write { eq: {} }'],
    ['a list', { a: ['x'] }, 'write { in: […] }'],
    ['a forgotten value', { a: undefined }, 'leave the key out'],
    ['a forgotten operand', { a: { gte: undefined } }, 'found undefined'],
    ['NaN', { a: Number.NaN }, 'found NaN'],
    ['infinity', { a: { eq: Number.POSITIVE_INFINITY } }, 'found Infinity'],
    ['a function', { a: () => true }, 'found a function'],
    ['a bigint', { a: { eq: 1n } }, 'found a bigint'],
    ['a date', { a: new Date(0) }, 'write date.toISOString()'],
    ['an instance', { a: { eq: new Map() } }, 'found an object (Map)'],
    ['a circle of values', { a: { eq: circularValue } }, 'levels of nesting'],
    ['a hidden key', { a: { eq: JSON.parse('{"__proto__":1}') } }, '__proto__'],
    ['in without a list', { a: { in: 'x' } }, 'expected a list of values, found "x"'],
    ['in with an odd item', { a: { in: [1, () => 1] } }, 'query.where.a.in[1]'],
    ['in with a hole', { a: { in: Array(2) } }, 'query.where.a.in[0]'],
    ['a range by null', { a: { lt: null } }, 'expected a number, a text or a boolean'],
    ['a range by a list', { a: { gte: [1] } }, 'found a list of 1'],
    ['a range of time by a date', { at: { gte: '2024-01-20' } }, 'date-time with a zone such as'],
    ['a range of time by a number', { updated_at: { lt: 0 } }, 'updated_at compares as time; found 0'],
    ['a prefix that is no text', { a: { prefix: 5 } }, 'expected a text, found 5'],
    ['exists by a text', { a: { exists: 'yes' } }, 'expected true or false'],
    ['and by an object', { and: {} }, 'expected a list of filters'],
    ['or by a list of values', { or: ['x'] }, 'query.where.or[0]: expected a filter'],
    ['not by a list', { not: [] }, 'query.where.not: expected a filter'],
    ['__proto__', JSON.parse('{"__proto__": 1}'), 'no field can be called __proto__'],
    ['constructor', { constructor: 1 }, 'no field can be called constructor'],
    ['prototype', { not: { prototype: 1 } }, 'no field can be called prototype'],
  ])('%s', (_, filter, words) => {
    const error = where(filter)
    expect(error.code).toBe('INVALID')
    expect(error.message).toContain(words)
  })

  test('an unknown field where the fields are listed, and only there', () => {
    const error = where({ statsu: 'x' }, closed)
    expect(error.message).toContain(
      'found "statsu". Did you mean "status"? The fields are: id, rev, created_at, updated_at, status, order, at',
    )
    expect(error.details).toMatchObject({ field: 'statsu', path: 'query.where.statsu' })
    expect(refusal({ type: 'mixed', orderBy: [['other', 'asc']] }, closed).code).toBe('INVALID')
    expect(() => checkField('other', closed, 'groupBy')).toThrow('groupBy: expected a field of the type')
    expect(checkField('other', withTimes, 'groupBy')).toBe('other')
    expect(checkQuery({ type: 'mixed', where: { statsu: 'x' } }, withTimes).where).toEqual({ statsu: 'x' })
  })
})

describe('include', () => {
  const task: Entity = {
    ...withTimes,
    refs: {
      plan_id: { to: 'plan', onDelete: 'restrict' },
      after: { to: { typeField: 'after_type', types: ['task', 'plan'] }, onDelete: 'keep' },
    },
  }
  const ask = (include: unknown) => ({ type: 'task', include })

  test('takes references of the type, each once, as a copy', () => {
    for (const include of [[], ['after'], ['after', 'plan_id']])
      expect(checkQuery(ask(include), task).include).toEqual(include)
    const given = ['after']
    const checked = checkQuery(ask(given), task)
    given.push('plan_id')
    expect(checked.include).toEqual(['after'])
    expect(checkQuery(ask(undefined), task)).toEqual({ type: 'task' })
  })

  test.each<[unknown, string]>([
    ['plan_id', 'expected a list of references such as [\'plan_id\'], found "plan_id"'],
    [null, 'expected a list'],
    [{ 0: 'after', length: 1 }, 'expected a list'],
    [['plan_ids'], 'found "plan_ids". Did you mean "plan_id"? The references are: plan_id, after'],
    [['status'], 'expected a reference of the type, found "status"'],
    [['plan_id.name'], 'expected a reference of the type'],
    [['__proto__'], 'expected a reference of the type'],
    [['toString'], 'expected a reference of the type'],
    [[['after']], 'expected a reference of the type, found a list of 1'],
    [[undefined], 'expected a reference of the type, found undefined'],
    [Array(1), 'expected a reference of the type, found undefined'],
    [['after', 'after'], 'expected each reference once, found after again'],
  ])('of %j is INVALID', (include, words) => {
    const error = refusal(ask(include), task)
    expect(error.code).toBe('INVALID')
    expect(error.message).toContain(words)
  })

  test('of more than there are is INVALID, and is not looked through', () => {
    const error = refusal(ask(Array.from({ length: 1_000_000 }, () => 'after')), task)
    expect([error.code, error.message]).toEqual(['INVALID', expect.stringContaining('at most the 2 references')])
  })
})

describe('what passes a limit is TOO_LARGE', () => {
  test.each<[string, unknown]>([
    ['depth', nested(limits.filterDepth + 1)],
    ['a circle', circle],
    ['conditions', { and: Array.from({ length: limits.filterNodes }, () => ({})) }],
    ['a very long list of conditions', { or: Array.from({ length: 1_000_000 }) }],
    ['values', { a: { in: Array.from({ length: limits.inValues + 1 }, () => 1) } }],
    ['values in all', { a: { in: Array.from({ length: limits.inValues }, () => 1) }, b: { in: [1] } }],
    ['operators', { and: Array.from({ length: limits.filterNodes / 2 }, () => ({ a: { gt: 1, lt: 2 } })) }],
    ['a text without end', { a: { contains: 'x'.repeat(limits.textChars + 1) } }],
    ['values within values', { a: { eq: [Array.from({ length: limits.inValues }, () => 1)] } }],
  ])('%s', (_, filter) => expect(hasCode(where(filter), 'TOO_LARGE')).toBe(true))

  test('fields to order by', () => {
    const orderBy = Array.from({ length: limits.filterDepth + 1 }, (_, at) => [`f${at}`, 'asc'])
    expect(refusal({ type: 'mixed', orderBy }).code).toBe('TOO_LARGE')
  })
})
