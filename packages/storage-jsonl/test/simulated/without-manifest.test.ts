import { boot, SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { acknowledgeSalvage, repairLog, resealLog, salvageLog } from '../../src/index.ts'
import { append } from '../records.ts'
import { resealed } from '../resealed.ts'
import { killedLog, linesOf, openingRefused, refusalOf, withLines } from './edited.ts'
import { closedLog, first, records, rewrite, served } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

const manifests = ['/store/manifest.json', '/store/manifest.prev.json']

async function withoutManifests(medium: SimMedium): Promise<SimMedium> {
  for (const path of manifests) if (medium.files().has(path)) await boot(medium).remove(path)
  return medium.copy()
}

async function directoryOf(files: Record<string, string>): Promise<SimMedium> {
  const medium = new SimMedium()
  await boot(medium).makeDirectory('/store')
  for (const [name, content] of Object.entries(files)) medium.plant(`/store/${name}`, content)
  return medium.copy()
}

const care = [salvageLog, repairLog, resealLog] as const
const plain = '{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"p"}}\n'

test('of a directory that is empty, or holds plain files only, nothing is damaged and nothing is written', async () => {
  for (const files of [{}, { 'old.jsonl': plain }]) {
    const medium = await directoryOf(files)
    for (const look of care) {
      const report = await look({ ...careOf(boot(medium)), dryRun: false })
      expect(report).toMatchObject({ files: [] })
      expect('damagedLines' in report ? report.damagedLines : 0).toBe(0)
    }
    expect(await acknowledgeSalvage(careOf(boot(medium)))).toEqual([])
    expect(Object.keys(medium.contents())).toEqual(Object.keys(files).map((name) => `/store/${name}`))
  }
})

test('plain files with lines that are none are for a person to mend', async () => {
  const medium = await directoryOf({ 'old.jsonl': `${plain}no json\n` })
  const damage = [{ file: 'old.jsonl', line: 2, byte: plain.length }]
  for (const look of care)
    expect(await refusalOf(medium, () => look({ ...careOf(boot(medium)), dryRun: false }))).toMatchObject({
      code: 'CORRUPT',
      damage,
    })
})

test('a directory that is not there holds no store to look after', async () => {
  const disk = boot(new SimMedium())
  for (const look of [...care, acknowledgeSalvage])
    await expect(look({ ...careOf(disk), dir: '/nowhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a manifest that is gone is rebuilt by an opening, a salvage and a repair, and nothing is taken for edited', async () => {
  const medium = await withoutManifests(await killedLog())
  const dry = await salvageLog({ ...careOf(boot(medium)), dryRun: true })
  expect(dry).toMatchObject({ damagedLines: 0, lost: [] })
  expect(await refusalOf(medium, () => resealLog(careOf(boot(medium))))).toMatchObject({
    code: 'CORRUPT',
    message: expect.stringContaining('Repair it first'),
  })
  const { writer } = await simStorage(boot(medium)).openWriter('opens')
  expect((await served(writer)).commits.size).toBe(9)
})

test('a manifest that does not read is refused by those who cannot do without it', async () => {
  const medium = await closedLog()
  rewrite(medium, '/store/manifest.json', Buffer.from('{}\n'))
  if (medium.files().has('/store/manifest.prev.json')) await boot(medium).remove('/store/manifest.prev.json')
  for (const look of [resealLog, acknowledgeSalvage])
    expect(await refusalOf(medium, () => look(careOf(boot(medium))))).toMatchObject({ code: 'CORRUPT' })
})

test.each<[string, (medium: SimMedium) => Promise<SimMedium> | SimMedium, string]>([
  [
    'a base is there',
    (medium) => {
      medium.plant('/store/base-00000009.jsonl', 'x')
      return medium
    },
    'archived, adopted or base files are there',
  ],
  [
    'a header does not read',
    (medium) => withLines(medium, linesOf(medium).with(0, '{}')),
    'the header of log-00000001.jsonl does not read',
  ],
  [
    'the only segment is no log segment',
    (medium) => {
      const [header = '', ...lines] = linesOf(medium)
      const base = header.replace('"kind":"log","firstSeq":1', '"kind":"base","upTo":0')
      return withLines(medium, [resealed(base), ...lines])
    },
    'the header of log-00000001.jsonl does not read',
  ],
  [
    'the log does not begin with commit 1',
    (medium) => {
      const [header = '', ...lines] = linesOf(medium)
      return withLines(medium, [resealed(header.replace('"firstSeq":1', '"firstSeq":2')), ...lines])
    },
    'segment 1 does not follow from the one before it',
  ],
])('where %s no manifest is made up', async (_name, change, reason) => {
  const medium = (await change(await withoutManifests(await killedLog()))).copy()
  const refused = { code: 'CORRUPT', message: expect.stringContaining(reason) }
  expect(await openingRefused(medium)).toMatchObject(refused)
  expect(await refusalOf(medium, () => salvageLog(careOf(boot(medium))))).toMatchObject(refused)
})

test('a store that died before its first manifest begins anew; one whose segment holds commits does not', async () => {
  const bare = withLines(await withoutManifests(await killedLog()), linesOf(await killedLog()).slice(0, 1))
  const { writer, recovery } = await simStorage(boot(bare)).openWriter('begins')
  expect(recovery).toMatchObject({ lastSeq: 0 })
  await append(writer, records.slice(0, 1))
  expect((await served(writer)).commits.size).toBe(1)
  // A bare base was never the first file of a store.
  const strange = withLines(await withoutManifests(await killedLog()), [])
  await boot(strange).rename(first, '/store/base-00000001.jsonl')
  expect(await openingRefused(strange.copy())).toMatchObject({ code: 'CORRUPT' })
})

test('of a store of which only the archive is left nobody says that nothing is wrong', async () => {
  const medium = await closedLog()
  for (const path of [...medium.files().keys()]) await boot(medium).remove(path)
  await boot(medium).makeDirectory('/store/archive')
  medium.plant('/store/archive/log-00000001.jsonl.gz', 'packed')
  const left = medium.copy()
  for (const care of [salvageLog, repairLog, resealLog])
    expect(await refusalOf(left, () => care({ ...careOf(boot(left)), dryRun: false }))).toMatchObject({
      code: 'CORRUPT',
    })
  expect(await openingRefused(left)).toMatchObject({ code: 'CORRUPT' })
})
