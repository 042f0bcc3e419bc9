import { describe, expect, test, vi } from 'vitest'
import { Seeded } from '../src/seeded.ts'
import { storageCases, testStorage } from '../src/storage/storage-suite.ts'
import { within } from '../src/within.ts'
import { likeDatabase, plainStorage } from './plain-storage.ts'

describe('testStorage', () => {
  const open = async () => ({ storage: plainStorage(likeDatabase) })

  test('says what it needs where there is no test runner', () => {
    expect(() => testStorage('none', open)).toThrow('give { describe, it }')
  })

  test('takes the global runner where there is one', () => {
    const names: string[] = []
    vi.stubGlobal('describe', (_: string, body: () => void) => body())
    vi.stubGlobal('it', (name: string) => names.push(name))
    testStorage('global', open)
    vi.unstubAllGlobals()
    expect(names).toEqual(storageCases.map(({ name }) => name))
  })

  test('reports the cases that need what the medium does not have as skipped, and no other', async () => {
    const bodies: (() => Promise<void>)[] = []
    const skip = vi.fn()
    testStorage('small', open, {
      describe: (_, body) => body(),
      it: (name, body) => {
        if (/opened again|twin|take over/.test(name)) bodies.push(() => body({ skip }))
      },
    })
    await Promise.all(bodies.map((body) => body()))
    expect(bodies.length).toBeGreaterThan(3)
    expect(skip).toHaveBeenCalledTimes(bodies.length)
  })

  test('has cases with names that are all different', () => {
    expect(new Set(storageCases.map(({ name }) => name)).size).toBe(storageCases.length)
  })
})

describe('within', () => {
  test('settles as the promise does', async () => {
    await expect(within(10_000, 'it', Promise.resolve(7))).resolves.toBe(7)
    await expect(within(10_000, 'it', Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  test('rejects in place of a promise that never settles', async () => {
    await expect(within(1, 'it', new Promise(() => undefined))).rejects.toThrow('it had not settled after 1 ms')
  })
})

describe('Seeded', () => {
  test('gives the same numbers for the same seed, within their bounds, and all of them', () => {
    const numbers = (seed: number): number[] => {
      const seeded = new Seeded(seed)
      return Array.from({ length: 500 }, () => seeded.between(3, 9))
    }
    expect(numbers(1)).toEqual(numbers(1))
    expect(numbers(1)).not.toEqual(numbers(2))
    expect([...new Set(numbers(1))].sort()).toEqual([3, 4, 5, 6, 7, 8, 9])
  })
})
