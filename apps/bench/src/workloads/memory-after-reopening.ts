import { expectItem } from '../check.ts'
import { hash } from '../data/hash.ts'
import { anonymousBytes } from '../memory/anonymous-bytes.ts'
import { readsOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'

const gets = 10_000
const cacheBytes = 16_777_216
const mebibyte = 1_048_576
/** What is opened reads on by itself for a while: what it takes then is told beside the figure. */
const restMs = 5_000
/** A smaller store has been read by then. */
const restsFrom = 10_000
const mostMiB = 128
const fromSize = 1_000_000

/**
 * S2: a new process opens the store, closed cleanly before, with a cache of 16 MiB where it can be told, and gets 10 000 records
 * from all over it; the anonymous memory of the process then, of which some ten are those of Node itself.
 */
export const memoryAfterReopening: Workload = {
  id: 'S2',
  title: 'anonymous memory after reopening and 10 000 gets, new process',
  unit: 'MiB',
  stage: 'start',
  takes: [['start', 'get']],
  async run(session) {
    const { data } = session
    const before = anonymousBytes() / mebibyte
    const reads = readsOf(await session.open({ cacheBytes }))
    for (let at = 0; at < gets; at++) {
      const index = hash(data.seed, at, 31) % data.size
      const row = await reads.get(data.typeAt(index), data.idAt(index))
      if (at % 100 === 0) expectItem(`get ${at}`, data.itemAt(index), row)
      else if (row === undefined)
        throw new Error(`wrong answer: get ${at}: expected ${data.idAt(index)}, found nothing`)
    }
    const value = anonymousBytes() / mebibyte
    if (data.size >= restsFrom) await new Promise((resolve) => setTimeout(resolve, restMs))
    const later = anonymousBytes() / mebibyte
    const bar = { what: `its memory through ${mostMiB} MiB`, ratio: value / mostMiB, bar: { atMost: 1 } }
    return {
      value,
      operations: gets,
      remark: `${before.toFixed(0)} MiB before it was opened, ${later.toFixed(0)} MiB some seconds after the last get`,
      ...(data.size >= fromSize && { shares: [bar] }),
    }
  },
}
