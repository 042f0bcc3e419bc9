import { boot, SimMedium } from '@stateward/conformance'
import type { LogBatch, LogReader } from '@stateward/contract'
import { expect, test } from 'vitest'
import { acknowledgeSalvage, salvageLog } from '../../src/index.ts'
import { append } from '../records.ts'
import { modelOf, type Served, versions } from './salvage-model.ts'
import { careOf, simStorage } from './sim-storage.ts'

const first = '/store/log-00000001.jsonl'
const stamp = '"timestamp":"2026-01-01T00:00:00.000Z"'

/** Twelve commits of three records: whole, changed, changed in transactions, deleted. */
const records = [
  ...['a', 'b', 'c'].map((id) => `{"type":"plan",${stamp},"data":{"id":"${id}","n":0},"rev":1}`),
  `{"type":"update",${stamp},"target":"plan","id":"a","changes":{"n":1},"rev":2,"prev":1}`,
  `{"type":"tx",${stamp},"data":{"ops":[{"type":"update","target":"plan","id":"a","changes":{"n":2},"rev":3,"prev":4},{"type":"update","target":"plan","id":"b","changes":{"n":2},"rev":2,"prev":2}]}}`,
  `{"type":"update",${stamp},"target":"plan","id":"b","changes":{"n":3},"rev":3,"prev":5}`,
  `{"type":"plan",${stamp},"data":{"id":"a","n":4},"rev":4}`,
  `{"type":"update",${stamp},"target":"plan","id":"a","changes":{"n":5},"rev":5,"prev":7}`,
  `{"type":"delete",${stamp},"target":"plan","id":"c","rev":2}`,
  `{"type":"update",${stamp},"target":"plan","id":"b","changes":{"n":6},"rev":4,"prev":6}`,
  `{"type":"plan",${stamp},"data":{"id":"b","n":7},"rev":5}`,
  `{"type":"update",${stamp},"target":"plan","id":"b","changes":{"n":8},"rev":6,"prev":11}`,
].map((text) => Buffer.from(text))

async function closedLog(): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  for (let at = 0; at < records.length; at += 3) await append(writer, records.slice(at, at + 3))
  await writer.close()
  return medium.copy()
}

async function served(reader: LogReader): Promise<Served> {
  const commits = new Map<number, string>()
  const lost: number[] = []
  let next = 1
  for await (const batch of reader.read(1) as AsyncIterable<LogBatch>) {
    for (let seq = batch.lost?.from ?? 0; seq <= (batch.lost?.to ?? -1); seq++) lost.push(seq)
    expect(batch.firstSeq, 'nothing is passed over in silence').toBe(
      batch.lost === undefined ? next : batch.lost.to + 1,
    )
    for (const [at, record] of batch.records.entries()) commits.set(batch.firstSeq + at, Buffer.from(record).toString())
    next = batch.firstSeq + batch.records.length
  }
  return { commits, lost }
}

function rewrite(medium: SimMedium, path: string, content: Uint8Array): void {
  const file = medium.file(path)
  file.truncate(0)
  file.write(content, 0)
  file.sync()
}

test('salvage keeps every undamaged commit whose base is there, says what is lost, and nothing else', async () => {
  const whole = await closedLog()
  const lines = whole.file(first).bytes.toString().trimEnd().split('\n')
  // Line 2 is commit 1: before it stands the header.
  for (let seq = 1; seq <= records.length; seq++) {
    const medium = whole.copy()
    rewrite(medium, first, Buffer.from(`${lines.with(seq, `x${lines[seq]}`).join('\n')}\n`))
    const { writer, recovery } = await simStorage(boot(medium), { recovery: 'salvage' }).openWriter('salvages')
    const expected = modelOf(records.map(String), new Set([seq]))
    expect(await served(writer), `commit ${seq}`).toEqual(expected)
    expect(
      recovery.lost?.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at)),
    ).toEqual(expected.lost)
    expect((await writer.stats()).lost).toEqual(recovery.lost)
    expect(await writer.verify()).toMatchObject({ ok: true, commits: expected.commits.size, lost: recovery.lost })
    await append(writer, [Buffer.from(`{"type":"plan",${stamp},"data":{"id":"d"},"rev":1}`)])
    await writer.close()
    expect(medium.file('/store/quarantine/salvage-2.log-00000001.jsonl').bytes.toString()).toContain(`x${lines[seq]}`)
    const again = await simStorage(boot(medium)).openWriter('again')
    expect((await again.writer.stats()).lost).toEqual(recovery.lost)
    expect((await served(again.writer)).commits.size).toBe(expected.commits.size + 1)
    await again.writer.close()
    expect(await acknowledgeSalvage(careOf(boot(medium)))).toEqual(recovery.lost)
    expect(await salvageLog(careOf(boot(medium)))).toMatchObject({ files: [], lost: [] })
    const reader = await simStorage(boot(medium)).openReader()
    expect((await reader.stats()).lost).toBeUndefined()
    expect((await served(reader)).lost).toEqual(expected.lost)
    expect(versions(expected.commits)).toBeDefined()
  }
})
