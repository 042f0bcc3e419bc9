import type { Durability, LogReader, LogWriter, Seq } from '@stateward/contract'

const filler = 'é'

/** A commit as core would encode it, told apart by `name`. */
export function recordOf(name: string | number, fill = 0): Buffer {
  const data = { id: `p${name}`, name: filler.repeat(fill) }
  return Buffer.from(JSON.stringify({ type: 'plan', timestamp: '2024-01-20T10:00:00.000Z', data, rev: 1 }))
}

/** Appends one commit a record, in one call, at the writer's own tail. */
export async function append(
  writer: LogWriter,
  records: readonly Uint8Array[],
  durability: Durability = 'commit',
): Promise<readonly number[]> {
  const { lastSeq: expectedSeq } = await writer.stats()
  const { ptrs } = await writer.append(records, { expectedSeq, commitId: `after-${expectedSeq}`, durability })
  return ptrs
}

/** Every commit from `from` on, as text. */
export async function readAll(reader: LogReader, from: Seq = 1): Promise<string[]> {
  const records: string[] = []
  for await (const batch of reader.read(from)) for (const record of batch.records) records.push(textOf(record))
  return records
}

export function textOf(record: Uint8Array | undefined): string {
  return record === undefined ? 'absent' : Buffer.from(record).toString()
}
