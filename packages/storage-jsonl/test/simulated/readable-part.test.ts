import { boot, SimMedium } from '@stateward/conformance'
import type { BaseChunk, LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import type { Retention } from '../../src/index.ts'
import { append, textOf } from '../records.ts'
import { linesOf, refusalOf } from './edited.ts'
import { first, records, rewrite } from './salvage-fixture.ts'
import { simStorage } from './sim-storage.ts'

interface Fixture {
  readonly upTo: number
  readonly retention?: Retention
  readonly closes?: boolean
  readonly truncates?: boolean
}

/** Eight commits in one segment, with a base of the state after some of them. */
async function based({ upTo, retention = 'all', closes = true, truncates = false }: Fixture): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { retention }).openWriter('test')
  await append(writer, records.slice(0, 8))
  const chunk: BaseChunk = { seqs: [upTo], records: [records[6] ?? Buffer.alloc(0)] }
  await writer.saveBase(
    upTo,
    (async function* () {
      yield chunk
    })(),
  )
  if (truncates) await writer.truncate(upTo)
  if (closes) await writer.close()
  else medium.kill()
  return medium.copy()
}

/** Changes a byte of one line of the log. */
function damaged(medium: SimMedium, line: number): SimMedium {
  const at = Buffer.byteLength(linesOf(medium).slice(0, line).join('\n'))
  medium.file(first).rot(at + 20, 0)
  return medium
}

async function readonly(medium: SimMedium): Promise<LogWriter> {
  return (await simStorage(boot(medium), { recovery: 'readonly' }).openWriter('reads')).writer
}

async function seqsFrom(writer: LogWriter, from: number): Promise<number[]> {
  const seqs: number[] = []
  for await (const { firstSeq, records: found } of writer.read(from))
    for (const at of found.keys()) seqs.push(firstSeq + at)
  return seqs
}

test('a base in the middle of a segment: damage behind it ends the log there', async () => {
  const writer = await readonly(damaged(await based({ upTo: 5 }), 7))
  expect((await writer.stats()).lastSeq).toBe(6)
  expect(await seqsFrom(writer, 1)).toEqual([1, 2, 3, 4, 5, 6])
  expect((await writer.loadBase())?.upTo).toBe(5)
})

test('a base in the middle of a segment: damage before it is come upon, and ends the log at the base', async () => {
  const writer = await readonly(damaged(await based({ upTo: 5 }), 3))
  expect((await writer.stats()).lastSeq).toBe(5)
  await expect(seqsFrom(writer, 1)).rejects.toMatchObject({ code: 'CORRUPT', details: { damage: [{ line: 4 }] } })
  expect(await seqsFrom(writer, 6)).toEqual([])
})

test('of a segment that was being written nothing before a base is served where it is damaged there', async () => {
  const writer = await readonly(damaged(await based({ upTo: 5, closes: false }), 3))
  expect(await writer.stats()).toMatchObject({ firstSeq: 6, lastSeq: 5 })
  await expect(seqsFrom(writer, 1)).rejects.toMatchObject({ code: 'TRIMMED' })
})

test('a base is not done without where no history is left: an empty log would be a lie', async () => {
  const medium = await based({ upTo: 8, retention: 'none', truncates: true })
  const base = [...medium.files().keys()].find((name) => name.includes('/base-')) ?? ''
  medium.file(base).rot(medium.file(base).size - 30, 1)
  for (const policy of ['readonly', 'refuse'] as const) {
    const opening = () => simStorage(boot(medium), { recovery: policy }).openWriter('reads')
    expect(await refusalOf(medium, opening)).toMatchObject({ code: 'CORRUPT' })
  }
  // A salvage has nothing to take from but the rows that read.
  const { writer } = await simStorage(boot(medium), { recovery: 'salvage' }).openWriter('salvages')
  expect((await writer.stats()).lost).toMatchObject([{ from: 1, to: 8 }])
  expect((await writer.stats()).lastSeq).toBe(8)
})

test('without a manifest that reads or can be made again there is nothing to read', async () => {
  const medium = await based({ upTo: 5 })
  rewrite(medium, '/store/manifest.json', Buffer.from('{}\n'))
  if (medium.files().has('/store/manifest.prev.json')) await boot(medium).remove('/store/manifest.prev.json')
  expect(await refusalOf(medium, () => readonly(medium))).toMatchObject({ code: 'CORRUPT' })
})

test('of a plain file that was changed nothing is believed', async () => {
  const medium = new SimMedium()
  const plain = '{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"p"}}\n'
  await boot(medium).makeDirectory('/store')
  medium.plant('/store/old.jsonl', plain)
  const { writer } = await simStorage(boot(medium)).openWriter('adopts')
  await append(writer, [records[1] ?? Buffer.alloc(0)])
  await writer.close()
  rewrite(medium, '/store/old.jsonl', Buffer.from(plain.replace('"p"', '"x"')))
  const reads = await readonly(medium)
  expect(await reads.stats()).toMatchObject({ lastSeq: 0 })
  expect(await seqsFrom(reads, 1)).toEqual([])
  await expect(append(reads, [Buffer.from(textOf(records[1]))])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
})
