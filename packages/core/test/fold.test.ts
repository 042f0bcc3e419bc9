import { setFlagsFromString } from 'node:v8'
import type { Change, JsonObject } from '@stateward/contract'
import { expect, test } from 'vitest'
import { fold } from '../src/records/fold.ts'

setFlagsFromString('--allow-natives-syntax')
const isSameClass = new Function('left', 'right', 'return %HaveSameMap(left, right)')

/** As the door and `create` leave it: more fields than the literal that it began as has room for. */
function dataOf(at: number): JsonObject {
  const fields: Record<string, string> = {}
  for (const field of ['name', 'description', 'status', 'owner', 'place']) fields[field] = `${field} ${at}`
  return { id: `id ${at}`, ...fields, created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' }
}

test('records that are made alike share one hidden class: one of its own takes 110 bytes more, and each reader as long again', () => {
  let lastPut: JsonObject | undefined
  let lastPatched: JsonObject | undefined
  for (let at = 0; at < 1_000; at++) {
    const put: Change = { op: 'put', type: 'plan', id: `id ${at}`, rev: 1, data: dataOf(at) }
    const changes = { status: 'done', updated_at: '2026-01-02T00:00:00.000Z' }
    const patch: Change = { op: 'patch', type: 'plan', id: `id ${at}`, rev: 2, prev: 1, changes, unset: [] }
    const record = fold(undefined, put, 0)
    const patched = fold(record, patch, 1)
    if (at > 500) {
      expect(isSameClass(record, lastPut)).toBe(true)
      expect(isSameClass(patched, lastPatched)).toBe(true)
    }
    lastPut = record
    lastPatched = patched
  }
})
