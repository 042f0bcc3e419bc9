import { expect, test } from 'vitest'
import { isUuidv7 } from '../src/index.ts'

test.each([
  // The example of RFC 9562, appendix A.6.
  '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
  '00000000-0000-7000-8000-000000000000',
  'ffffffff-ffff-7fff-bfff-ffffffffffff',
])('%s is one', (text) => {
  expect(isUuidv7(text)).toBe(true)
})

test.each([
  ['empty', ''],
  ['version 4', '017f22e2-79b0-4cc3-98c4-dc0c0c07398f'],
  ['the variant of another layout', '017f22e2-79b0-7cc3-c8c4-dc0c0c07398f'],
  ['upper case', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F'],
  ['without dashes', '017f22e279b07cc398c4dc0c0c07398f'],
  ['in braces', '{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}'],
  ['with a line end behind it', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n'],
  ['no hexadecimal', '017f22e2-79b0-7cc3-98c4-dc0c0c07398g'],
  ['too long', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f0'],
])('%s is none', (_, text) => {
  expect(isUuidv7(text)).toBe(false)
})
