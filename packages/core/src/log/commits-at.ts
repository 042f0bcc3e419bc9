import { type Commit, hasCode, type LogReader, type Seq } from '@stateward/contract'
import { decodeCommit } from './codec.ts'

/** Lines of these commits, by seq; those that are there no more are left out. Costs by their number where the storage can. */
export async function linesAt(reader: LogReader, seqs: readonly Seq[]): Promise<Map<Seq, Uint8Array>> {
  const lines = new Map<Seq, Uint8Array>()
  if (seqs.length === 0) return lines
  if (reader.readAt !== undefined) {
    const found = await reader.readAt(seqs)
    for (const [at, seq] of seqs.entries()) {
      const line = found[at]
      if (line !== undefined) lines.set(seq, line)
    }
    return lines
  }
  for (const seq of new Set(seqs)) {
    const line = await lineAt(reader, seq)
    if (line !== undefined) lines.set(seq, line)
  }
  return lines
}

async function lineAt(reader: LogReader, seq: Seq): Promise<Uint8Array | undefined> {
  try {
    for await (const { firstSeq, records } of reader.readKept?.(seq) ?? reader.read(seq)) {
      if (firstSeq + records.length > seq) return records[seq - firstSeq]
    }
  } catch (error) {
    if (!hasCode(error, 'TRIMMED')) throw error
  }
  return undefined
}

/** As `linesAt`, decoded, ascending. */
export async function commitsAt(reader: LogReader, seqs: readonly Seq[]): Promise<Commit[]> {
  const lines = await linesAt(reader, seqs)
  return [...lines].sort(([left], [right]) => left - right).map(([seq, line]) => decodeCommit(line, seq))
}
