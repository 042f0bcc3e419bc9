import { testIndex } from '@stateward/conformance'
import type { MakeIndex } from '@stateward/contract'
import { compoundIndex, equalityIndex, orderedIndex, relationIndex, textIndex } from '@stateward/index'
import { describe, it } from 'vitest'
import { byStart, byWords } from './own-indexes.ts'

const all: readonly MakeIndex[] = [
  () => equalityIndex({ name: 'equality', field: 'a', kind: 'value' }),
  () => equalityIndex({ name: 'equality of times', field: 'at', kind: 'time' }),
  () => relationIndex({ name: 'relation', field: 'a' }),
  () => orderedIndex({ name: 'order', field: 'a', kind: 'value' }),
  () => orderedIndex({ name: 'order of times', field: 'at', kind: 'time' }),
  () => compoundIndex({ name: 'compound', fields: ['a', 'b', 'at'], kinds: ['value', 'value', 'time'] }),
  () => textIndex({ name: 'text', field: 'a' }),
  byStart('a'),
  byWords('a'),
  byWords('b', true),
]

// What a store asks of an index that a domain brings it asks of its own.
for (const make of all) {
  const { name } = make({ kindOf: () => 'value', idOf: () => '' })
  testIndex(name, async () => ({ make, times: ['at'] }), { describe, it })
}
