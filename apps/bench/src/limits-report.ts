import type { OverloadFigures } from './overload/measure-overload.ts'
import { short } from './report/numbers.ts'
import { table } from './report/table.ts'
import type { StoresFigures } from './stores/measure-stores.ts'

const mebibytes = (bytes: number): string => `${short(Math.max(0, bytes) / 1_048_576)} MiB`
const pair = ([p50, p99]: readonly [number, number]): string => `${short(p50)} / ${short(p99)} ms`

/** What many stores in one process take, for people. */
export function storesTable(found: StoresFigures): string {
  const ratio = (at: 0 | 1): string => `${short(found.wakeMs[at] / found.freshMs[at])} ×`
  return table(
    ['many stores', 'found'],
    [
      ['stores, of which were woken', `${found.stores}, ${found.wakes}`],
      ['waking and first answer, p50 / p99', pair(found.wakeMs)],
      ['a fresh opening and first answer, in turns with those', pair(found.freshMs)],
      ['waking against that, p50 / p99', `${ratio(0)} / ${ratio(1)}`],
      ['processor time of a waking, its answer and its passivation', `${short(found.wakeCpuMs)} ms`],
      ['left in memory of each that was passivated', `${Math.round(found.idleBytes)} bytes`],
      ['memory of each that is open', mebibytes(found.openBytes)],
    ],
  )
}

/** What a store does that is offered more than it can take, for people. */
export function overloadTable(found: OverloadFigures): string {
  return table(
    ['overload', 'found'],
    [
      ['writes/s with 64 callers, before / after', `${short(found.capacity)} / ${short(found.recovered)}`],
      ['writes/s offered', `${short(found.offered)}, ${short(found.offered / found.capacity)} × that`],
      ['acknowledged / BUSY / otherwise', `${found.acknowledged} / ${found.refused} / ${found.otherwise}`],
      ['refusal, p99', `${short(found.refusalMs)} ms`],
      ['read by id, nobody writing, p50 / p99', pair(found.readMs)],
      ['read by id, overloaded, p50 / p99', pair(found.loadedReadMs)],
      ['deepest mailbox', `${found.deepest}`],
      ['the process grew by at most', mebibytes(found.grown)],
      ['acknowledged and lost / refused and there', `${found.lost} / ${found.uninvited}`],
    ],
  )
}
