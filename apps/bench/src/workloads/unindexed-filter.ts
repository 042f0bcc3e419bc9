import { expectEqual, idsOf } from '../check.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import { readLoop } from '../measure/read-loop.ts'
import { readsOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'

const filters = 16

/** R5: phases by two fields of which nobody has an index, so that every record is looked at. */
export const unindexedFilter: Workload = {
  id: 'R5',
  title: 'filter without an index',
  unit: 'ops/s',
  stage: 'loaded',
  takes: [['query']],
  bar: { times: 5, against: ['sqlite'] },
  bounds: [{ of: 'stall', atMost: 5 }],
  async run(session) {
    const { data } = session
    const phases = data.indicesOf('phase')
    const wanted = Array.from({ length: filters }, (_, at) => {
      const item = data.itemAt(phases[Math.floor((at * phases.length) / filters)] ?? 0)
      if (item.type !== 'phase' || item.data.order === undefined) throw new Error('expected a phase with an order')
      return { name: item.data.name, order: item.data.order }
    })
    const reads = readsOf(await session.open())
    if (session.answers) {
      const known = new KnownAnswers(data)
      for (const { name, order } of wanted.slice(0, 2))
        expectEqual(`phases called ${name}`, known.named(name, order), idsOf(await reads.named(name, order)))
    }
    return readLoop(session.timing, (at) => {
      const { name = '', order = 0 } = wanted[at % filters] ?? {}
      return reads.named(name, order)
    })
  },
}
