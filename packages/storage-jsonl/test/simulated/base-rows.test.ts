import { boot, failure, SimMedium } from '@stateward/conformance'
import type { BaseChunk } from '@stateward/contract'
import { expect, test } from 'vitest'
import { FileCache } from '../../src/files/file-cache.ts'
import type { BaseEntry } from '../../src/format/manifest.ts'
import { loadBase } from '../../src/reading/load-base.ts'
import { baseHeader, commitLine, fileOf, flippedLine } from '../sealed.ts'

const file = 'base-00000003.jsonl'
const rows = [commitLine(2), commitLine(5), commitLine(9)]
const lines = [baseHeader(3, 9), ...rows]
const bytes = fileOf(lines)
const entry: BaseEntry = { kind: 'base', file, segment: 3, epoch: 1, upTo: 9, rows: 3, bytes: bytes.length, crc: '' }

/** The rows of a base whose file and manifest are these. */
async function loaded(content: Buffer, listed: Partial<BaseEntry> = {}, fail?: string): Promise<BaseChunk[]> {
  const medium = new SimMedium()
  const disk = boot(medium)
  await disk.makeDirectory('/store')
  medium.plant(`/store/${file}`, content)
  if (fail !== undefined)
    medium.onCall = ({ call, path }) => {
      if (call === fail) throw failure('EIO', path)
    }
  const chunks: BaseChunk[] = []
  for await (const chunk of loadBase(new FileCache(disk, '/store'), { ...entry, ...listed })) chunks.push(chunk)
  return chunks
}

test('the rows of a base come with their seqs', async () => {
  const [chunk] = await loaded(bytes)
  expect(chunk?.seqs).toEqual([2, 5, 9])
  expect(chunk?.records.map(String)).toEqual(['{"n":2}', '{"n":5}', '{"n":9}'])
})

const place = (line: number): object => ({ file, line: line + 1, byte: fileOf(lines.slice(0, line)).length })

test.each<[string, Buffer, Partial<BaseEntry>, object]>([
  ['a row that was changed', fileOf(lines.with(2, flippedLine(commitLine(5), 3))), {}, place(2)],
  [
    'a row of a commit behind the base',
    bytes,
    { upTo: 8 },
    { ...place(3), reason: 'seq 9 in a base of the state after 8' },
  ],
  ['a row that is gone', fileOf(lines), { rows: 4 }, { reason: 'the base has 3 rows, the manifest lists 4' }],
  ['an end that is gone', bytes.subarray(0, -4), {}, { ...place(3), reason: 'the line does not end' }],
])('%s is CORRUPT, and named', async (_name, content, listed, damage) => {
  await expect(loaded(content, listed)).rejects.toMatchObject({ code: 'CORRUPT', details: { damage: [damage] } })
})

test('a base that is not there, or a disk that fails, is STORAGE_FAILED', async () => {
  await expect(loaded(bytes, { file: 'base-00000004.jsonl' })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await expect(loaded(bytes, {}, 'read')).rejects.toMatchObject({ code: 'STORAGE_FAILED', details: { disk: 'EIO' } })
})
