import fc from 'fast-check'
import { UUID } from 'uuidv7'
import { test } from 'vitest'
import { uuidText } from '../src/writing/uuid-text.ts'

test('the text of bytes is the one that the library writes', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 })
  fc.assert(fc.property(bytes, (inner) => uuidText(inner) === UUID.ofInner(inner).toString()))
})
