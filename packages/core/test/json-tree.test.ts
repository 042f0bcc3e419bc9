import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonTree } from '../src/querying/json-tree.ts'
import { runs } from './runs.ts'

const few = fc.constantFrom('a', 'b', 'list', 'end', '1', '')
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    ...[few, fc.constantFrom(0, -0, 1, 2.5, true, false, null)],
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(few, tie('value'), { maxKeys: 3 }),
  ),
}))

test('leads to the same as the text of a value does', () => {
  fc.assert(
    fc.property(fc.array(json, { minLength: 1, maxLength: 60 }), (values) => {
      const tree = new JsonTree<number>(32)
      const texts = new Map<string, number>()
      for (const [at, value] of values.entries()) {
        const plain: unknown = JSON.parse(JSON.stringify(value))
        expect(tree.get(plain)).toBe(texts.get(JSON.stringify(value)))
        tree.set(plain, at)
        texts.set(JSON.stringify(value), at)
        expect(tree.size).toBe(texts.size)
      }
      for (const [text, at] of texts) expect(tree.get(JSON.parse(text))).toBe(at)
    }),
    { numRuns: runs(200) },
  )
})

test('knows nothing of what JSON would leave out or change', () => {
  const tree = new JsonTree<string>(4)
  tree.set({ a: null }, 'null')
  tree.set({ a: [null] }, 'null in a list')
  tree.set({ a: {} }, 'an object')
  tree.set({}, 'nothing')
  expect(tree.get({ a: null })).toBe('null')
  class Own {}
  const strange = [
    { a: undefined },
    { a: Number.NaN },
    { a: [undefined] },
    { a: new Array(1) },
    { a: new Own() },
    { a: Object.create(null) },
    { a: { toJSON: () => null } },
    { a: () => null },
    { a: 1n },
    { a: new Date(0) },
    undefined,
  ]
  for (const value of strange) {
    expect(tree.get(value)).toBeUndefined()
    expect(tree.takes(value)).toBe(false)
  }
  const endless: Record<string, unknown> = {}
  endless.a = endless
  expect(tree.get(endless)).toBeUndefined()
})

test('reads every part of a value once', () => {
  const tree = new JsonTree<string>(4)
  tree.set({ a: 1 }, 'one')
  let reads = 0
  const value = {
    get a() {
      return ++reads
    },
  }
  expect(tree.get(value)).toBe('one')
  expect(reads).toBe(1)
})
