import { boot, SimMedium } from '@stateward/conformance'
import type { BaseChunk } from '@stateward/contract'
import { expect, test } from 'vitest'
import { resealLog, salvageLog } from '../../src/index.ts'
import { append, textOf } from '../records.ts'
import { byteOf, killedLog, linesOf, refusalOf, withLines } from './edited.ts'
import { first, records, rewrite, served, stamp } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

const reseal = (medium: SimMedium, dryRun = false) => resealLog({ ...careOf(boot(medium)), dryRun })

test('blank lines, and an end without a line feed, are what editors leave', async () => {
  const killed = await killedLog()
  const lines = linesOf(killed)
  const edited = (lines[2] ?? '').replace('"n":0', '"n":"by hand"')
  const medium = killed.copy()
  rewrite(medium, first, Buffer.from([...lines.with(2, edited).toSpliced(4, 0, '', '  ')].join('\n')))
  expect(await reseal(medium)).toMatchObject({ files: [{ firstSeq: 1, lastSeq: 9, edited: [3] }] })
  const { writer } = await simStorage(boot(medium)).openWriter('after')
  const { commits } = await served(writer)
  expect(commits.size).toBe(9)
  expect(commits.get(2)).toContain('by hand')
})

/** A log of which a salvage has given up commit 2, 5 and 6. */
async function salvaged(): Promise<{ medium: SimMedium; path: string }> {
  const medium = await killedLog()
  medium.file(first).rot(byteOf(linesOf(medium), 2) + 20, 0)
  await salvageLog(careOf(boot(medium)))
  const path = [...medium.files().keys()].find((name) => /\/log-.*jsonl$/.test(name)) ?? ''
  return { medium: medium.copy(), path }
}

test('gaps stay where they are when a salvaged log is edited', async () => {
  const { medium, path } = await salvaged()
  const lines = linesOf(medium, path)
  const at = lines.findIndex((line) => line.includes('"seq":9'))
  const edited = withLines(medium, lines.with(at, (lines[at] ?? '').replace('"rev":2', '"rev": 2')), path)
  expect(await reseal(edited)).toMatchObject({ files: [{ lastSeq: 9, edited: [at + 1] }] })
  const { writer } = await simStorage(boot(edited)).openWriter('after')
  const { commits, lost } = await served(writer)
  expect([[...commits.keys()], lost]).toEqual([
    [1, 3, 4, 7, 8, 9],
    [2, 5, 6],
  ])
})

test('a gap that does not follow any more is named, and nothing is changed', async () => {
  const { medium, path } = await salvaged()
  const lines = linesOf(medium, path)
  const at = lines.findIndex((line) => line.includes('"$gap"'))
  const edited = withLines(medium, lines.toSpliced(at - 1, 1), path)
  expect(await refusalOf(edited, () => reseal(edited))).toMatchObject({
    code: 'CORRUPT',
    damage: expect.arrayContaining([
      expect.objectContaining({ line: at, reason: expect.stringContaining('a gap from 2, where 1 follows') }),
    ]),
  })
})

async function* rows(): AsyncGenerator<BaseChunk> {
  yield { seqs: [8], records: [records[6] ?? Buffer.alloc(0)] }
}

test('nobody edits an archive or a base by hand: what is damaged there is for a repair or a salvage', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  await append(writer, records.slice(0, 8))
  await writer.saveBase(8, rows())
  await writer.truncate(8)
  await append(writer, records.slice(8))
  await writer.close()
  const names = [...medium.files().keys()]
  const [base = ''] = names.filter((name) => name.includes('/base-'))
  const [archive = ''] = names.filter((name) => name.includes('/archive/'))
  // Whole, it is read for the versions in it, and nothing is to be done.
  expect(await reseal(medium)).toMatchObject({ files: [] })
  medium.file(base).rot(medium.file(base).size - 30, 0)
  rewrite(medium, archive, Buffer.from(medium.file(archive).bytes.subarray(0, -3)))
  const reason = 'nobody edits such a file by hand: repair or salvage it'
  expect(await refusalOf(medium, () => reseal(medium))).toMatchObject({
    code: 'CORRUPT',
    damage: [
      { file: archive.replace('/store/', ''), reason },
      { file: base.replace('/store/', ''), reason },
    ],
  })
})

test('an adopted plain file that was edited is taken as it is now, and stays where it is', async () => {
  const medium = new SimMedium()
  const line = (id: string) => `{"type":"plan",${stamp},"data":{"id":"${id}"}}`
  await boot(medium).makeDirectory('/store')
  medium.plant('/store/old.jsonl', `${line('p')}\n${line('q')}\n`)
  const { writer } = await simStorage(boot(medium)).openWriter('adopts')
  await append(writer, [Buffer.from(line('r'))])
  await writer.close()
  rewrite(medium, '/store/old.jsonl', Buffer.from(`${line('p')}\n${line('other')}\n`))
  expect(await reseal(medium)).toMatchObject({ files: [{ file: 'old.jsonl', firstSeq: 1, lastSeq: 2 }] })
  expect(medium.file('/store/old.jsonl').bytes.toString()).toContain('other')
  const { writer: after } = await simStorage(boot(medium)).openWriter('after')
  expect([...(await served(after)).commits.values()]).toEqual(
    ['p', 'other', 'r'].map(line).map((text) => textOf(Buffer.from(text))),
  )
  await after.close()
  rewrite(medium, '/store/old.jsonl', Buffer.from(`${line('p')}\n`))
  expect(await refusalOf(medium, () => reseal(medium))).toMatchObject({
    damage: [{ file: 'old.jsonl', reason: 'it holds the commits 1 to 1, where 2 is the last one and others follow' }],
  })
})
