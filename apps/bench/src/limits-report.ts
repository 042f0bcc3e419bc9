import type { OverloadFigures } from './overload/measure-overload.ts'
import { short } from './report/numbers.ts'
import { table } from './report/table.ts'
import { verdict } from './report/verdict.ts'
import type { StoresFigures } from './stores/measure-stores.ts'

const mebibyte = 1_048_576
const mebibytes = (bytes: number): string => `${short(Math.max(0, bytes) / mebibyte)} MiB`
const pair = ([p50, p99]: readonly [number, number]): string => `${short(p50)} / ${short(p99)} ms`
const ratios = (these: readonly [number, number], those: readonly [number, number]): readonly [number, number] => [
  these[0] / those[0],
  these[1] / those[1],
]

const idleBytes = 4_096
const wakingTimes = 1.5

/** What many stores in one process take, for people. */
export function storesTable(found: StoresFigures): string {
  const [p50, p99] = ratios(found.wakeMs, found.freshMs)
  const isAsFast = p99 <= wakingTimes
  return table(
    ['many stores', 'found', 'bar'],
    [
      ['stores, of which were woken', `${found.stores}, ${found.wakes}`],
      ['waking and first answer, p50 / p99', pair(found.wakeMs)],
      ['a fresh opening and first answer, in turns with those', pair(found.freshMs)],
      [
        'waking against that, p50 / p99',
        `${short(p50)} × / ${short(p99)} ×`,
        verdict(`p99 ≤ ${wakingTimes} ×`, isAsFast),
      ],
      ['processor time of a waking, its answer and its passivation', `${short(found.wakeCpuMs)} ms`],
      [
        'left in memory of each that was passivated',
        `${Math.round(found.idleBytes)} bytes`,
        verdict(`≤ ${idleBytes}`, found.idleBytes <= idleBytes),
      ],
      ['memory of each that is open', mebibytes(found.openBytes)],
    ],
  )
}

const readTimes = 2
const recoveredShare = 0.8
/** What is sent in the same turn is in it. */
const refusalMs = 5
const grownBytes = 128 * mebibyte

/** What a store does that is offered more than it can take, for people. */
export function overloadTable(
  found: OverloadFigures,
  { mailbox, times }: { readonly mailbox: number; readonly times: number },
): string {
  const [p50, p99] = ratios(found.loadedReadMs, found.readMs)
  const offered = found.offered / found.capacity
  return table(
    ['overload', 'found', 'bar'],
    [
      [
        'writes/s with 64 callers, before / after',
        `${short(found.capacity)} / ${short(found.recovered)}`,
        verdict(`after ≥ ${recoveredShare} ×`, found.recovered >= recoveredShare * found.capacity),
      ],
      [
        'writes/s offered',
        `${short(found.offered)}, ${short(offered)} × that`,
        verdict(`≥ ${times} ×`, offered >= times),
      ],
      [
        'acknowledged / BUSY / otherwise',
        `${found.acknowledged} / ${found.refused} / ${found.otherwise}`,
        verdict('none otherwise', found.otherwise === 0),
      ],
      ['refusal, p99', `${short(found.refusalMs)} ms`, verdict(`≤ ${refusalMs} ms`, found.refusalMs <= refusalMs)],
      ['read by id, nobody writing, p50 / p99', pair(found.readMs)],
      ['read by id, overloaded, p50 / p99', pair(found.loadedReadMs)],
      [
        'that against nobody writing, p50 / p99',
        `${short(p50)} × / ${short(p99)} ×`,
        verdict(`≤ ${readTimes} ×`, p50 <= readTimes && p99 <= readTimes),
      ],
      ...lateness(found),
      ['deepest mailbox', `${found.deepest}`, verdict(`≤ ${mailbox}`, found.deepest <= mailbox)],
      [
        'the process grew by at most',
        `${mebibytes(found.grown)}, of which records ${mebibytes(found.held)}`,
        verdict(`≤ ${mebibytes(grownBytes)} beside`, found.grown - found.held <= grownBytes),
      ],
      [
        'acknowledged and lost / refused and there',
        `${found.lost} / ${found.uninvited}`,
        verdict('none', found.lost + found.uninvited === 0),
      ],
    ],
  )
}

function lateness({ lateMs, loadedLateMs, ownLateMs }: OverloadFigures): readonly (readonly string[])[] {
  return [
    [
      'the loop is late for a reader, nobody writing / overloaded, p99',
      `${short(lateMs[1])} / ${short(loadedLateMs[1])} ms`,
    ],
    ['the same, overloaded, without waiting for other processes, p50 / p99', pair(ownLateMs)],
  ]
}
