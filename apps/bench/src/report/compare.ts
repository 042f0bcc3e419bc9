import { isMoreBetter } from '../workload.ts'
import type { Group, Summary } from './summary.ts'

/**
 * How many times better one is than another. `like`: both promise the same, or the other is a limit, which promises
 * nothing and is only there to be looked up to. `unlike`: what they acknowledge survives different things, so the number
 * must never be shown without saying so.
 */
export interface Comparison {
  readonly kind: 'like' | 'unlike'
  readonly times: number
}

export function compare(ours: Summary, theirs: Summary): Comparison {
  const times = isMoreBetter(ours.workload) ? ours.median / theirs.median : theirs.median / ours.median
  const like = theirs.contender.role === 'limit' || ours.contender.durability === theirs.contender.durability
  return { kind: like ? 'like' : 'unlike', times }
}

/** The best peer of like, or of unlike, durability; `undefined` when there is none. */
export function bestPeer(group: Group, ours: Summary, kind: Comparison['kind']): Summary | undefined {
  return hardest(
    ours,
    group.summaries.filter((one) => one.contender.role === 'peer' && compare(ours, one).kind === kind),
  )
}

/** The figures of Stateward itself, to which all others are compared. */
export function oursOf(group: Group): Summary | undefined {
  return group.summaries.find(({ contender }) => contender.role === 'stateward')
}

/** What a workload's bar asks for. */
export interface Verdict {
  readonly wanted: number
  /** The contender's name, or the names of those that were wanted and did not take part. */
  readonly against: string
  /** `undefined` when there was nobody to compare with. */
  readonly holds: boolean | undefined
}

/**
 * `undefined` where there is no bar. Who promises something else never decides about one, but for reads of what is there, which
 * nobody's promise makes slower, and only where the bar names him.
 */
export function verdictOf(group: Group, ours: Summary): Verdict | undefined {
  const { bar } = group.workload
  if (bar === undefined) return undefined
  const { times, against, fromSize, of } = bar
  const usual = fromSize !== undefined && group.size >= fromSize.size ? fromSize.times : times
  const wanted = of?.[ours.contender.name] ?? usual
  const isReading = group.workload.stage === 'loaded'
  const peers = group.summaries.filter(({ contender }) => contender.role === 'peer')
  const may = peers.filter((one) =>
    against === undefined || !isReading ? compare(ours, one).kind === 'like' : against.includes(one.contender.name),
  )
  const theirs = hardest(ours, against === undefined ? may : may.filter((one) => against.includes(one.contender.name)))
  if (theirs === undefined) return { wanted, against: against?.join(', ') ?? 'a like peer', holds: undefined }
  return { wanted, against: theirs.contender.name, holds: compare(ours, theirs).times >= wanted }
}

function hardest(ours: Summary, others: readonly Summary[]): Summary | undefined {
  return others.toSorted((a, b) => compare(ours, a).times - compare(ours, b).times)[0]
}
