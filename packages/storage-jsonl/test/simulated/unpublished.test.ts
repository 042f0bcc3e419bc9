import { boot, type SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { append } from '../records.ts'
import { resealed } from '../resealed.ts'
import { byteOf, linesOf, openingRefused, withLines } from './edited.ts'
import { closedLog, first, records, rewrite, served } from './salvage-fixture.ts'
import { simStorage } from './sim-storage.ts'

const second = '/store/log-00000002.jsonl'

/** A log whose second segment was made, and died before the manifest that lists it was there. */
async function unpublished(): Promise<SimMedium> {
  const medium = await closedLog()
  const manifest = medium.contents()['/store/manifest.json'] ?? ''
  const { writer } = await simStorage(boot(medium)).openWriter('dies')
  await append(writer, records.slice(0, 3))
  medium.kill()
  const left = medium.copy()
  rewrite(left, '/store/manifest.json', Buffer.from(manifest))
  await boot(left).remove('/store/manifest.prev.json')
  return left.copy()
}

test('a segment of a later writer counts where it follows from what is listed', async () => {
  const { writer } = await simStorage(boot(await unpublished())).openWriter('after')
  expect((await served(writer)).commits.size).toBe(15)
})

test.each<[string, (medium: SimMedium) => SimMedium]>([
  [
    'another segment than the listed one',
    (medium) => {
      const [header = '', ...lines] = linesOf(medium, second)
      return withLines(
        medium,
        [resealed(header.replace(/"prev":\{"segment":1/, '"prev":{"segment":7')), ...lines],
        second,
      )
    },
  ],
  [
    'another text than the one that stands there',
    (medium) => {
      medium.file(first).rot(byteOf(linesOf(medium), 3) + 20, 0)
      return medium
    },
  ],
])('one that follows %s is refused, and both stay as they are', async (_name, change) => {
  const medium = change(await unpublished())
  const { code, message } = await openingRefused(medium)
  expect(code).toBe('CORRUPT')
  expect(message).toContain('log-00000002.jsonl')
  expect(medium.files().has(second)).toBe(true)
})
