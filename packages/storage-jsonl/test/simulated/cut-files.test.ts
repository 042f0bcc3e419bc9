import { boot, failure, SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { append, readAll, textOf } from '../records.ts'
import { byteOf, linesOf } from './edited.ts'
import { closedLog, first, records } from './salvage-fixture.ts'
import { simStorage } from './sim-storage.ts'

const file = 'log-00000001.jsonl'

test('a segment that is cut under an open log, at the end of a line too, is told to who reads it', async () => {
  const medium = await closedLog()
  const { writer } = await simStorage(boot(medium)).openWriter('reads')
  const lines = linesOf(medium)
  const end = byteOf(lines, 8)
  medium.file(first).truncate(end)
  const damage = [{ file, line: 9, byte: expect.any(Number) }]
  expect(await writer.verify()).toMatchObject({
    ok: false,
    damage: [{ file, line: 9, byte: end, reason: expect.stringContaining(`at ${end} bytes of`) }],
  })
  const seen: string[] = []
  const reading = async (): Promise<void> => {
    for await (const batch of writer.read(1)) seen.push(...batch.records.map(textOf))
  }
  await expect(reading()).rejects.toMatchObject({ code: 'CORRUPT', details: { damage } })
  expect(seen).toEqual(records.slice(0, 7).map(textOf))
  await expect(readAll(writer, 10)).rejects.toMatchObject({ code: 'CORRUPT' })
})

const plain = (id: string): string => `{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"${id}"}}`

async function directoryOf(files: Readonly<Record<string, string>>): Promise<SimMedium> {
  const medium = new SimMedium()
  await boot(medium).makeDirectory('/store')
  for (const [name, content] of Object.entries(files)) medium.plant(`/store/${name}`, content)
  return medium
}

test('plain files are read from any line on, over blanks, and each line that is none any more is named', async () => {
  const medium = await directoryOf({ 'a.jsonl': `${plain('p')}\n\n${plain('q')}\n${plain('r')}`, 'b.jsonl': '\n\n' })
  const { writer } = await simStorage(boot(medium)).openWriter('adopts')
  await append(writer, records.slice(0, 1))
  expect(await readAll(writer, 2)).toEqual([plain('q'), plain('r'), textOf(records[0])])
  expect(await readAll(writer, 4)).toEqual([textOf(records[0])])
  await writer.close()
  medium.file('/store/a.jsonl').truncate(0)
  medium.file('/store/a.jsonl').write(Buffer.from(`${plain('p')}\nno line\n`), 0)
  await expect(simStorage(boot(medium)).openWriter('x')).rejects.toMatchObject({
    code: 'CORRUPT',
    details: { damage: [{ file: 'a.jsonl', line: 2, byte: plain('p').length + 1 }] },
  })
})

test('who reads a directory of plain files passes over a file where the archive would be, and not over a device that fails', async () => {
  const medium = await directoryOf({ 'a.jsonl': `${plain('p')}\n`, archive: 'a file' })
  expect(await readAll(await simStorage(boot(medium)).openReader())).toEqual([plain('p')])
  medium.onCall = ({ call, path }) => {
    if (call === 'list' && path.endsWith('/archive')) throw failure('EIO', path)
  }
  await expect(simStorage(boot(medium)).openReader()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
})
