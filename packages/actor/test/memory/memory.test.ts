import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import type { HeapOf } from './heap-of.ts'

// In a process of its own: here, the garbage of other tests comes and goes between two looks at the heap.
const program = fileURLToPath(new URL('./measure-memory.ts', import.meta.url))
const flags = ['--expose-gc', '--conditions=@stateward/source', '--import', import.meta.resolve('tsx')]

let heapOf: HeapOf
beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program])
  heapOf = JSON.parse(stdout) as HeapOf
})

test.each([
  ['tell', 200],
  ['ask', 500],
] as const)('100 000 queued messages are small and cost no more each than 50 000: %s', (by, most) => {
  const [few, many] = heapOf[by]
  expect(few).toBeGreaterThan(0)
  expect(many).toBeLessThan(most)
  expect(many).toBeLessThan(few * 1.5)
})

test('an emptied mailbox gives its memory back', () => {
  expect(heapOf.emptied).toBeLessThan(1_000_000)
})

test('callers who come and give up while the actor is stuck leave nothing behind', () => {
  expect(heapOf.givenUp).toBeLessThan(500_000)
})
