import type { WorkStatus } from 'stateward'
import type { Wanted } from '../contender.ts'
import type { DataSet } from '../data/data-set.ts'

const statuses: readonly WorkStatus[] = ['draft', 'pending', 'running', 'completed', 'failed', 'cancelled', 'blocked']
const kinds = 4

/**
 * What so many people look at, no two of them at the same: the newest of each status, which every seventh update changes;
 * then one record, the phases of a spec, and those of them with a status.
 */
export function wantedByMany(data: DataSet, count: number): readonly Wanted[] {
  const phases = data.indicesOf('phase')
  const specs = [...new Set(Array.from(phases, (index) => data.parentOf(index)))].map((index) => data.idAt(index))
  const specAt = (at: number): string => specs[at % specs.length] ?? ''
  const statusAt = (at: number): WorkStatus => statuses[at % statuses.length] ?? 'draft'
  return Array.from({ length: count }, (_, at): Wanted => {
    if (at < statuses.length) return { where: { status: statusAt(at) }, newest: 20 }
    const nth = Math.floor(at / kinds)
    switch (at % kinds) {
      case 0:
        return { where: { id: data.idAt(phases[(nth * 13) % phases.length] ?? 0) } }
      case 1:
        return { where: { status: statusAt(nth), spec_id: specAt(nth * 7) }, newest: 5 }
      default: {
        const own = nth * 2 + (at % 2)
        return { where: { spec_id: specAt(own) }, ...(own >= specs.length && { newest: 10 }) }
      }
    }
  })
}
