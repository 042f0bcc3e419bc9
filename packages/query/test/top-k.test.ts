import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topK } from '../src/values/top-k.ts'

interface Row {
  readonly key: number
  readonly at: number
}

const byKey = (left: Row, right: Row): number => left.key - right.key || left.at - right.at

test('the first k are those of sorting everything', () => {
  const rows = fc.array(fc.nat({ max: 20 }), { maxLength: 60 }).map((keys) => keys.map((key, at) => ({ key, at })))
  fc.assert(
    fc.property(rows, fc.option(fc.nat({ max: 70 }), { nil: undefined }), fc.boolean(), (all, k, asList) => {
      const before = [...all]
      const given: Iterable<Row> = asList ? all : new Set(all)
      expect(topK(given, k, byKey)).toEqual([...all].sort(byKey).slice(0, k))
      expect(all).toEqual(before)
    }),
  )
})

test('never more than k rows are compared against: a long descending run stays cheap', () => {
  let compared = 0
  const rows = Array.from({ length: 10_000 }, (_, at) => ({ key: at, at }))
  topK(rows, 10, (left, right) => {
    compared++
    return byKey(left, right)
  })
  expect(compared).toBeLessThan(10_500)
})
