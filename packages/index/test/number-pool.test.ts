import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberPool } from '../src/ids/number-pool.ts'

test('a number is never taken twice, and never a new one while one is free', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20), { freq: 2 }), { maxLength: 200 }), (history) => {
      const pool = new NumberPool()
      const taken: number[] = []
      let most = 0
      for (const freed of history) {
        if (freed === null) {
          const number = pool.take()
          expect(taken).not.toContain(number)
          taken.push(number)
          most = Math.max(most, taken.length)
        } else {
          for (const number of taken.splice(freed, 1)) pool.free(number)
        }
        expect(pool.used).toBe(most)
        expect(pool.isDry).toBe(taken.length === most)
      }
      pool.clear()
      expect([pool.take(), pool.take()]).toEqual([0, 1])
    }),
  )
})
