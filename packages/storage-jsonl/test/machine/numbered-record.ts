import type { BaseChunk, LogReader, Seq } from '@stateward/contract'
import { recordOf, textOf } from '../records.ts'

/** The one record that commit `seq` of such a log can hold: whatever else is found there is foreign. */
export function numberedRecord(seq: Seq): Buffer {
  const fill = seq % 97 === 0 ? 3_000 : (seq * 7_919) % 131
  return recordOf(seq, fill)
}

const rowEvery = 30
const rowsAChunk = 50

/** The one base of such a log up to `upTo`: every thirtieth commit, as a row. */
export async function* numberedBase(upTo: Seq): AsyncGenerator<BaseChunk> {
  const rows = Array.from({ length: Math.floor(upTo / rowEvery) }, (_, index) => (index + 1) * rowEvery)
  for (let at = 0; at < rows.length; at += rowsAChunk) {
    const seqs = rows.slice(at, at + rowsAChunk)
    yield { seqs, records: seqs.map(numberedRecord) }
  }
}

/** The tail of such a log and the first thing that is wrong with it, of every commit, the base and every checksum. */
export async function checkNumbered(reader: LogReader): Promise<{ readonly lastSeq: Seq; readonly wrong?: string }> {
  const { firstSeq, lastSeq } = await reader.stats()
  const wrong = (await wrongCommit(reader, { firstSeq, lastSeq })) ?? (await wrongBase(reader, firstSeq))
  if (wrong !== undefined) return { lastSeq, wrong }
  const check = await reader.verify()
  return check.ok ? { lastSeq } : { lastSeq, wrong: `verify finds ${JSON.stringify(check.damage)}` }
}

async function wrongCommit(
  reader: LogReader,
  { firstSeq, lastSeq }: { readonly firstSeq: Seq; readonly lastSeq: Seq },
): Promise<string | undefined> {
  let next = firstSeq
  for await (const batch of reader.read(firstSeq)) {
    if (batch.firstSeq !== next) return `commit ${next} is not there, ${batch.firstSeq} is`
    for (const record of batch.records) {
      if (!numberedRecord(next).equals(record)) return `commit ${next} is not what was sent: ${textOf(record)}`
      next++
    }
  }
  return next === lastSeq + 1 ? undefined : `the log reads up to ${next - 1} and says that it ends at ${lastSeq}`
}

async function wrongBase(reader: LogReader, firstSeq: Seq): Promise<string | undefined> {
  const base = await reader.loadBase()
  if (base === undefined)
    return firstSeq === 1 ? undefined : `the log begins at ${firstSeq}, and no base covers what went`
  if (base.upTo < firstSeq - 1) return `the log begins at ${firstSeq}, its base ends at ${base.upTo}`
  let seq = rowEvery
  for await (const { seqs, records } of base.chunks) {
    for (const [index, record] of records.entries()) {
      if (seqs[index] !== seq || !numberedRecord(seq).equals(record))
        return `row ${seq} of the base is not what was saved`
      seq += rowEvery
    }
  }
  return seq > base.upTo ? undefined : `the base up to ${base.upTo} lacks row ${seq}`
}
