import { median } from '../measure/quantile.ts'
import { short, shortTimes } from '../report/numbers.ts'
import { table } from '../report/table.ts'
import { verdict } from '../report/verdict.ts'
import type { Entry } from '../run/entry.ts'
import type { AskerKind } from './asker.ts'
import { askerInChild } from './asker-child.ts'
import type { AskerFigures, AskerJob } from './measure-asker.ts'
import { askerKinds } from './registry.ts'

export interface ActorBench {
  readonly rounds: number
  readonly job: Omit<AskerJob, 'name'>
}

interface Row {
  readonly kind: AskerKind
  readonly figures: AskerFigures
}

/** All askers in turns, A B C A B C, each turn in a process of its own; the table of the medians, for people. */
export async function benchActors({ rounds, job }: ActorBench, entry: Entry): Promise<string> {
  const taken = new Map<AskerKind, AskerFigures[]>()
  for (let round = 0; round < rounds; round++) {
    for (const kind of askerKinds) {
      const figures = await askerInChild({ ...job, name: kind.name }, entry)
      taken.set(kind, [...(taken.get(kind) ?? []), figures])
    }
  }
  return actorTable(
    [...taken].map(([kind, all]) => ({ kind, figures: medianOf(all) })),
    job.messages,
  )
}

const middle = (values: readonly number[]): number => median(values) ?? Number.NaN

function medianOf(all: readonly AskerFigures[]): AskerFigures {
  return {
    asksPerSecond: middle(all.map(({ asksPerSecond }) => asksPerSecond)),
    cpuMicros: middle(all.map(({ cpuMicros }) => cpuMicros)),
    bytesEach: middle(all.map(({ bytesEach }) => bytesEach)),
    bytesEachOfFew: middle(all.map(({ bytesEachOfFew }) => bytesEachOfFew)),
  }
}

/** The first row is what the others are compared with. */
function actorTable(rows: readonly Row[], messages: number): string {
  const own = rows[0]?.figures.cpuMicros ?? Number.NaN
  const cells = rows.map(({ kind, figures }) => [
    kind.title,
    kind.role,
    `${short(figures.asksPerSecond)}`,
    short(figures.cpuMicros),
    shortTimes(figures.cpuMicros / own),
    `${short(figures.bytesEachOfFew)}`,
    `${short(figures.bytesEach)}`,
    barOf({ kind, figures }, own),
  ])
  const head = [
    'ask round trip',
    'role',
    'asks/s',
    'cpu µs',
    'stateward is',
    `bytes each of ${short(messages / 10)}`,
    `of ${short(messages)}`,
    'bar',
  ]
  return table(head, cells)
}

/** What a message takes is the same however many wait, and nobody else's ask is cheaper. */
const flatTimes = 1.1

function barOf({ kind, figures }: Row, own: number): string {
  if (kind.role === 'peer') return verdict('> 1 ×', figures.cpuMicros > own)
  if (kind.role === 'limit') return ''
  return verdict('flat memory', figures.bytesEach <= figures.bytesEachOfFew * flatTimes)
}
