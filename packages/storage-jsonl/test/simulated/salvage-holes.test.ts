import { gunzipSync, gzipSync } from 'node:zlib'
import { boot, SimMedium } from '@stateward/conformance'
import type { BaseChunk, LogReader } from '@stateward/contract'
import { expect, test } from 'vitest'
import { salvageLog } from '../../src/index.ts'
import { append } from '../records.ts'
import { rewrite, stamp } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

/** Every second commit is the only version of its record; the others are versions of one record that was changed often. */
const records = Array.from({ length: 40 }, (_, at) =>
  at % 2 === 0
    ? `{"type":"note",${stamp},"data":{"id":"n${at + 1}"},"rev":1,"txid":"t${at + 1}"}`
    : `{"type":"plan",${stamp},"data":{"id":"often"},"rev":${(at + 1) / 2}}`,
).map((text) => Buffer.from(text))

async function* noRows(): AsyncGenerator<BaseChunk> {}

/** A store whose history has holes: of the record that was changed often only the newest versions are left. */
async function withHoles(): Promise<{ medium: SimMedium; archive: string; kept: number[] }> {
  const medium = new SimMedium()
  const storage = simStorage(boot(medium), { retention: { versions: 1 } })
  const { writer } = await storage.openWriter('test')
  await append(writer, records)
  await writer.saveBase(40, noRows())
  await writer.truncate(40, { newestRev: (type) => (type === 'plan' ? 20 : 1) })
  await append(writer, [Buffer.from(`{"type":"note",${stamp},"data":{"id":"last"},"rev":1}`)])
  const kept = (await keptBy(writer)).commits
  await writer.close()
  const archive = [...medium.files().keys()].find((name) => name.includes('/archive/')) ?? ''
  return { medium: medium.copy(), archive, kept }
}

async function keptBy(reader: LogReader): Promise<{ commits: number[]; lost: number[] }> {
  const commits: number[] = []
  const lost: number[] = []
  for await (const batch of reader.readKept?.(1) ?? []) {
    for (let seq = batch.lost?.from ?? 1; seq <= (batch.lost?.to ?? 0); seq++) lost.push(seq)
    for (const [at, record] of batch.records.entries()) {
      commits.push(batch.firstSeq + at)
      expect(record).toEqual(records[batch.firstSeq + at - 1] ?? record)
    }
  }
  return { commits, lost }
}

test('retention leaves holes, and what it owes', async () => {
  const { kept } = await withHoles()
  expect(kept.filter((seq) => seq % 2 === 1)).toHaveLength(21)
  expect(kept).toContain(40)
  expect(kept.length).toBeLessThan(41)
})

test('damage in an archive with holes takes only what it hits: the holes are told as lost with it, and history goes on', async () => {
  const { medium, archive, kept } = await withHoles()
  const text = gunzipSync(Buffer.from(medium.file(archive).bytes))
  for (const byte of [200, Math.floor(text.length / 2), text.length - 200]) {
    const changed = Buffer.from(text)
    changed.writeUInt8(changed.readUInt8(byte) ^ 1, byte)
    const after = medium.copy()
    rewrite(after, archive, gzipSync(changed))
    await salvageLog(careOf(boot(after)))
    const { writer } = await simStorage(boot(after), { retention: { versions: 1 } }).openWriter('after')
    const found = await keptBy(writer)
    const hit = kept.filter((seq) => !found.commits.includes(seq))
    expect(hit.length, 'one line was hit').toBeLessThanOrEqual(1)
    expect(found.commits.every((seq) => kept.includes(seq))).toBe(true)
    expect([...found.commits, ...found.lost].sort((one, other) => one - other)).toEqual(
      [...Array(41).keys()].map((at) => at + 1),
    )
    expect(await writer.verify()).toMatchObject({ ok: true })
    // Reading begins with the first commit now: there is no hole that is not told.
    expect((await writer.stats()).firstSeq).toBe(1)
    // And it is let go of again as retention says.
    await writer.saveBase(41, noRows())
    await writer.truncate(41, { newestRev: (type) => (type === 'plan' ? 20 : 1) })
    expect((await keptBy(writer)).commits).toEqual(found.commits)
    expect(await writer.verify()).toMatchObject({ ok: true })
    await writer.close()
  }
})

test('an archive that unpacks to another text than the listed one is damaged', async () => {
  const { medium, archive } = await withHoles()
  const packed = medium.file(archive).size
  const text = gunzipSync(Buffer.from(medium.file(archive).bytes)).toString()
  // Whole lines, and as many bytes of them packed as the manifest lists; only its checksum tells.
  const lines = text.trimEnd().split('\n')
  const fewer = gzipSync(`${lines.slice(0, 3).join('\n')}\n`)
  // A gzip header may hold a name of any length. Source: RFC 1952, 2.3.1.
  const name = Buffer.alloc(packed - fewer.length, 0x78)
  name.writeUInt8(0, name.length - 1)
  const header = Buffer.from(fewer.subarray(0, 10))
  header.writeUInt8(8, 3)
  rewrite(medium, archive, Buffer.concat([header, name, fewer.subarray(10)]))
  const report = await salvageLog({ ...careOf(boot(medium)), dryRun: true })
  expect(report.damage).toMatchObject([
    { file: archive.replace('/store/', ''), reason: 'it does not unpack to what the manifest lists' },
  ])
  expect(report.files).toMatchObject([{ kept: 2 }])
})
