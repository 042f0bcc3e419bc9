import type { LogBatch, LogReader, LostCommits, Storage } from '@stateward/contract'

/** A storage of which the commits `from` … `to` are lost, told in a batch of its own. */
export function gappyStorage(storage: Storage, lost: LostCommits): Storage {
  async function* without(batches: AsyncIterable<LogBatch>, from: number): AsyncGenerator<LogBatch> {
    let isTold = from > lost.to
    for await (const { firstSeq, epoch, records, ptrs } of batches) {
      for (const [at, record] of records.entries()) {
        const seq = firstSeq + at
        if (seq < from || (seq >= lost.from && seq < lost.to)) continue
        if (seq >= lost.to && !isTold) yield { firstSeq: lost.to + 1, epoch, records: [], ptrs: [], lost }
        isTold ||= seq >= lost.to
        if (seq !== lost.to) yield { firstSeq: seq, epoch, records: [record], ptrs: [ptrs[at] ?? 0] }
      }
    }
  }
  const withGap = <R extends LogReader>(reader: R): R => {
    const { stats } = reader
    reader.stats = async () => ({ ...(await stats.call(reader)), lost: [lost] })
    for (const name of ['read', 'follow'] as const) {
      const whole = reader[name].bind(reader) as LogReader['follow']
      reader[name] = (from: number, signal: AbortSignal) => without(whole(from, signal), from)
    }
    return reader
  }
  return {
    ...storage,
    openReader: async () => withGap(await storage.openReader()),
    openWriter: async (owner, options) => {
      const { writer, recovery } = await storage.openWriter(owner, options)
      return { writer: withGap(writer), recovery }
    },
  }
}
