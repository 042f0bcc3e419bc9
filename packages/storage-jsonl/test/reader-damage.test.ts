import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { jsonlStorage } from '../src/storage/jsonl-storage.ts'

/** A directory as a writer that was killed leaves it: four commits, each durable by the word of the next. */
async function leftBehind(folder: string): Promise<{ readonly dir: string; readonly segment: string }> {
  const living = join(folder, 'living')
  const { writer } = await jsonlStorage({ dir: living }).openWriter('test')
  for (let seq = 0; seq < 4; seq++) {
    const record = Buffer.from(`{"type":"note","timestamp":"2026-01-01T00:00:00.000Z","data":{"id":"n${seq}"},"rev":1}`)
    await writer.append([record], { expectedSeq: seq, commitId: `c${seq}`, durability: 'commit' })
  }
  const dir = join(folder, 'dead')
  await cp(living, dir, { recursive: true })
  await writer.close()
  const [segment = ''] = (await readdir(dir)).filter((name) => name.startsWith('log-'))
  return { dir, segment: join(dir, segment) }
}

test('a reader refuses a log whose proven middle is damaged, though its writer never closed it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stateward-reader-'))
  try {
    const { dir, segment } = await leftBehind(folder)
    const text = await readFile(segment, 'utf8')
    await writeFile(segment, text.replace('"id":"n1"', '"id":"x1"'))
    const refusal: unknown = await jsonlStorage({ dir })
      .openReader()
      .catch((error: unknown) => error)
    expect(hasCode(refusal, 'CORRUPT')).toBe(true)
    expect(refusal).toMatchObject({ details: { damagedLines: 1, damage: [{ line: 3 }] } })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a reader passes over a bad last line, which may be in the middle of being written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stateward-reader-'))
  try {
    const { dir, segment } = await leftBehind(folder)
    const text = await readFile(segment, 'utf8')
    await writeFile(segment, text.slice(0, -10))
    const reader = await jsonlStorage({ dir }).openReader()
    expect((await reader.stats()).lastSeq).toBeGreaterThanOrEqual(2)
    await reader.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})
