import { basename, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storeDirectory, storeName } from '../../src/stores/store-directory.ts'

const any = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom('.', '/', '\\', '%', 'a', 'A', 'é', '\0', ' ', ':', '~', '-'),
    minLength: 1,
    maxLength: 8,
  }),
  fc.constantFrom('con', 'CON', 'nul.txt', 'com1', 'lpt9.x', '..', '.', '...', 'a.', '.a', 'aux.', '%2e', 'ﬀ', 'İ'),
)

test('every name has a directory of its own, in the folder, plain to see, and it tells the name', () => {
  const names = new Map<string, string>()
  fc.assert(
    fc.property(any, (name) => {
      const directory = storeDirectory(name)
      expect(storeName(directory)).toBe(name)
      expect(basename(join('/folder', directory))).toBe(directory)
      expect(directory).toMatch(/^[a-z0-9_%-](?:[a-z0-9_%.-]*[a-z0-9_%-])?$/)
      expect(directory).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/)
      expect(names.get(directory) ?? name).toBe(name)
      names.set(directory, name)
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ['ada', 'ada'],
  ['Ada', '%41da'],
  ['../../etc/passwd', '%2e.%2f..%2fetc%2fpasswd'],
  ['..', '%2e%2e'],
  ['a b', 'a%20b'],
  ['50%', '50%25'],
  ['café', 'caf%c3%a9'],
  ['cafe\u0301', 'cafe%cc%81'],
  ['con', '%63on'],
  ['nul.txt', '%6eul.txt'],
  ['v1.2', 'v1.2'],
])('the store %j lies in %s', (name, directory) => expect(storeDirectory(name)).toBe(directory))

test.each([
  ['', 'at least one'],
  ['a'.repeat(241), 'at most 240'],
  ['é'.repeat(41), 'at most 240'],
  ['\ud800', 'half'],
])('the name %j is refused', (name, why) => expect(() => storeDirectory(name)).toThrow(why))

test.each(['Ada', '%41DA', '%2F', '%61da', '..', '.hidden', '%', 'a%', 'con'])(
  'the directory %s belongs to no store',
  (directory) => expect(storeName(directory)).toBeUndefined(),
)
