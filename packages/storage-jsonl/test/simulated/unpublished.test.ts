import { boot, SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { append, recordOf } from '../records.ts'
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

test.each(['archive', 'quarantine'])('names in %s that an opening sees are there for good', async (folder) => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('first')
  await append(writer, [recordOf(1), recordOf(2)])
  await writer.saveBase(2, (async function* () {})())
  await writer.truncate(2)
  await writer.close()
  if (folder === 'quarantine') {
    await boot(medium).makeDirectory('/store/quarantine')
    medium.plant('/store/quarantine/kept', 'aside')
  }
  const killed = medium.copy()
  const directory = killed.directory(`/store/${folder}`)
  const names = [...directory.names]
  expect(names).toHaveLength(1)
  // As a process leaves it that was killed between the renaming and the sync of the directory.
  directory.change(names.map(([name]) => [name, undefined]))
  directory.sync()
  directory.change(names)
  const next = await simStorage(boot(killed)).openWriter('next')
  expect([
    ...killed
      .fork()
      .afterPowerCut(() => 0)
      .directory(`/store/${folder}`)
      .names.keys(),
  ]).toEqual(names.map(([name]) => name))
  await next.writer.close()
})
