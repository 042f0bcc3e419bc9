import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Scalar } from '../src/validation/scalars.ts'
import { ScalarTree, ShapeTree } from '../src/validation/shape-tree.ts'
import { runs } from './runs.ts'

const few = fc.constantFrom('a', 'b', 'list', 'end', '1', '', 'where', 'limit', 'string', '__proto__')
const scalar: fc.Arbitrary<Scalar> = fc.oneof(few, fc.constantFrom(0, -0, 1, 2.5, true, false, null))
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(few, tie('value'), { maxKeys: 3 }),
  ),
}))
const query = fc
  .tuple(fc.dictionary(few, json, { maxKeys: 3 }), fc.option(fc.dictionary(few, json, { maxKeys: 3 })))
  .map(([own, where]) => (where === null ? own : { ...own, where }))

const valueKeys = ['where', 'limit', 'cursor', 'snapshot', 'asOf']

/** What the documentation of the tree says, written out. */
function slowShape(value: unknown, values: Scalar[], isValue: boolean, depth: number): unknown {
  if (value === null || typeof value !== 'object') {
    if (!isValue) return ['is', value]
    values.push(value as Scalar)
    return ['any', value === null ? 'null' : typeof value]
  }
  if (Array.isArray(value)) {
    const isScalars = value.length > 0 && value.every((item) => item === null || typeof item !== 'object')
    if (isValue && isScalars) {
      values.push(value.length, ...value)
      return ['scalars']
    }
    return ['list', ...value.map((item) => slowShape(item, values, isValue, depth + 1))]
  }
  return Object.entries(value).map(([key, item]) => [
    key,
    slowShape(item, values, isValue || (depth === 1 && valueKeys.includes(key)), depth + 1),
  ])
}

test('leads to the same for two queries that differ in values alone, and tells the values', () => {
  fc.assert(
    fc.property(fc.array(query, { minLength: 1, maxLength: 60 }), (queries) => {
      const tree = new ShapeTree<number>(32)
      const texts = new Map<string, number>()
      for (const [at, one] of queries.entries()) {
        const plain: unknown = JSON.parse(JSON.stringify(one))
        const [values, expected]: [Scalar[], Scalar[]] = [[], []]
        const text = JSON.stringify(slowShape(plain, expected, false, 1))
        const known = texts.get(text)
        expect(tree.get(plain, values)).toBe(known)
        if (known !== undefined) expect(values).toEqual(expected)
        expect(tree.scalarsOf(plain)).toEqual(expected)
        tree.set(plain, at)
        texts.set(text, at)
      }
      for (const one of queries) {
        const plain: unknown = JSON.parse(JSON.stringify(one))
        expect(tree.get(plain, [])).toBe(texts.get(JSON.stringify(slowShape(plain, [], false, 1))))
      }
    }),
    runs(400),
  )
})

test('knows nothing of what JSON would leave out or change', () => {
  const tree = new ShapeTree<string>(4)
  tree.set({ where: { a: null } }, 'null')
  tree.set({ where: { a: [null] } }, 'null in a list')
  tree.set({ where: { a: {} } }, 'an object')
  tree.set({}, 'nothing')
  expect(tree.get({ where: { a: null } }, [])).toBe('null')
  class Own {}
  const strange = [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [undefined],
    new Array(1),
    new Own(),
    Object.create(null),
    { toJSON: () => null },
    () => null,
    1n,
    new Date(0),
    Symbol('a'),
  ]
  for (const a of strange) {
    expect(tree.get({ where: { a } }, [])).toBeUndefined()
    expect(tree.scalarsOf({ where: { a } })).toBeUndefined()
  }
  expect(tree.get(undefined, [])).toBeUndefined()
  const endless: Record<string, unknown> = {}
  endless.where = endless
  expect(tree.get(endless, [])).toBeUndefined()
})

test('what every object was given is not what this one says', () => {
  const tree = new ShapeTree<string>(4)
  tree.set({ limit: 1 }, 'limited')
  Object.defineProperty(Object.prototype, 'limit', { value: 1, enumerable: true, configurable: true })
  const found = [tree.scalarsOf({}), tree.get({}, [])]
  Reflect.deleteProperty(Object.prototype, 'limit')
  expect(found).toEqual([undefined, undefined])
})

test('reads every part of a value once', () => {
  const tree = new ShapeTree<string>(5)
  tree.set({ where: { a: 1, b: { in: [1] } } }, 'two')
  let reads = 0
  const list = Object.defineProperty([0], 0, { get: () => ++reads })
  const values: Scalar[] = []
  const value = {
    where: {
      get a() {
        return ++reads
      },
      b: { in: list },
    },
  }
  expect(tree.get(value, values)).toBe('two')
  expect([reads, values]).toEqual([2, [1, 1, 2]])
})

test('a list that is longer than a call takes arguments is no trouble, nor is one of four billion holes', () => {
  const tree = new ShapeTree<string>(5)
  const holes = new Array(2 ** 32 - 1)
  expect(tree.scalarsOf({ where: { a: { in: holes } }, orderBy: holes })).toBeUndefined()
  const values = tree.scalarsOf({ where: { a: { in: new Array(300_000).fill(1) } } })
  expect(values?.length).toBe(300_001)
})

test('lists of scalars lead to what was put there last', () => {
  fc.assert(
    fc.property(fc.array(fc.array(scalar, { maxLength: 3 }), { maxLength: 60 }), (lists) => {
      const tree = new ScalarTree<number>()
      const texts = new Map<string, number>()
      for (const [at, list] of lists.entries()) {
        expect(tree.get(list)).toBe(texts.get(JSON.stringify(list)))
        tree.set(list, at)
        texts.set(JSON.stringify(list), at)
        expect(tree.size).toBe(texts.size)
      }
      for (const list of lists) expect(tree.get(list)).toBe(texts.get(JSON.stringify(list)))
    }),
    runs(200),
  )
})
