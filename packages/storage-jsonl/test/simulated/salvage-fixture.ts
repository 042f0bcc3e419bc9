import { boot, SimMedium } from '@stateward/conformance'
import type { LogReader } from '@stateward/contract'
import { expect } from 'vitest'
import { append } from '../records.ts'
import type { Served } from './salvage-model.ts'
import { simStorage } from './sim-storage.ts'

export const first = '/store/log-00000001.jsonl'
export const stamp = '"timestamp":"2026-01-01T00:00:00.000Z"'

/** Twelve commits of three records: whole, changed, changed in transactions, deleted. */
export const records: readonly Buffer[] = [
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

/** A log that was closed in order. */
export async function closedLog(): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  for (let at = 0; at < records.length; at += 3) await append(writer, records.slice(at, at + 3))
  await writer.close()
  return medium.copy()
}

/** What a log serves, each commit and each loss in its place. */
export async function served(reader: LogReader): Promise<Served> {
  const commits = new Map<number, string>()
  const lost: number[] = []
  let next = 1
  for await (const batch of reader.read(1)) {
    for (let seq = batch.lost?.from ?? 0; seq <= (batch.lost?.to ?? -1); seq++) lost.push(seq)
    expect(batch.firstSeq, 'nothing is passed over in silence').toBe(
      batch.lost === undefined ? next : batch.lost.to + 1,
    )
    for (const [at, record] of batch.records.entries()) commits.set(batch.firstSeq + at, Buffer.from(record).toString())
    next = batch.firstSeq + batch.records.length
  }
  return { commits, lost }
}

/** Puts other bytes into a file, seen and kept. */
export function rewrite(medium: SimMedium, path: string, content: Uint8Array): void {
  const file = medium.file(path)
  file.truncate(0)
  file.write(content, 0)
  file.sync()
}
