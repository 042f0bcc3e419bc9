import { expectEqual, idsOf } from '../check.ts'
import { hash } from '../data/hash.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import { readLoop } from '../measure/read-loop.ts'
import { readsOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'

const rows = 100
const instants = 64
const looks = 5

/** R4: the 100 phases that were updated from some instant on. */
export const timeRange: Workload = {
  id: 'R4',
  title: `time range, ${rows} rows`,
  unit: 'ops/s',
  stage: 'loaded',
  takes: [['query']],
  bar: { times: 3, against: ['loki'] },
  async run(session) {
    const { data } = session
    const phases = data.indicesOf('phase')
    const from = Array.from({ length: instants }, (_, at) =>
      data.updatedMsAt(phases[hash(data.seed, at, 11) % phases.length] ?? 0),
    )
    const texts = from.map((ms) => new Date(ms).toISOString())
    const reads = readsOf(await session.open())
    if (session.answers) {
      const known = new KnownAnswers(data)
      for (const ms of from.slice(0, looks)) {
        const text = new Date(ms).toISOString()
        expectEqual(`phases since ${text}`, known.since(ms, rows), idsOf(await reads.since(text, rows)))
      }
    }
    return readLoop(session.timing, (at) => reads.since(texts[at % instants] ?? '', rows))
  },
}
