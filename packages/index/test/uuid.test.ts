import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readUuid, uuidText } from '../src/keys/uuid.ts'
import { anyId } from './arbitraries.ts'
import { runs } from './runs.ts'

const usual = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const words = new Uint32Array(4)
const written = (): string => uuidText(words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0)

function expectRead(text: string): void {
  words.fill(7)
  const isRead = readUuid(text, words)
  expect(isRead).toBe(usual.test(text))
  if (isRead) expect(written()).toBe(text)
  else expect([...words]).toEqual([7, 7, 7, 7])
}

test('any text is read as a UUID if and only if it is written as one, and comes back unchanged', () => {
  fc.assert(fc.property(anyId, expectRead), runs(2_000))
})

test('one wrong character anywhere is seen', () => {
  const character = fc.oneof(fc.constantFrom('-', 'g', 'A', 'F', '/', ':', '`', '@', '0', 'f', 'ő', '\0'), fc.string())
  fc.assert(
    fc.property(fc.uuid(), fc.nat(35), character, (id, at, other) => {
      expectRead(id.slice(0, at) + other + id.slice(at + 1))
    }),
    runs(5_000),
  )
})

test('all bits at their ends', () => {
  for (const id of ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) expectRead(id)
})
