import type { Asked, Choice } from './choice.ts'
import { coverage } from './estimates.ts'
import type { Conjunct } from './facts.ts'
import type { Coverage } from './probes.ts'

/** More indexes hardly narrow what these leave. */
const mostIndexes = 4
/** Slots of the smallest lookup that are held at once, some 40 bytes each: what is larger is not intersected. */
const mostHeld = 65_536
/** Slots that are walked through to find those that are held, which is done in one turn of the event loop: some milliseconds. */
const mostWalked = 131_072
/** The work on a slot that is walked through, and on one that an index is asked about, as in `Choice.cost`. */
const walkCost = 0.25
const lookCost = 0.1

export interface Weights {
  /** The parts of the filter that must hold by themselves. */
  readonly conjuncts: readonly Conjunct[]
  readonly records: number
  /** Of the candidates, those that have to be looked at. */
  readonly share: number
  /** The work on putting what matches in order. */
  readonly sorting: number
}

interface Merged {
  readonly of: readonly Asked[]
  /** Expected, as if the lookups had nothing to do with one another. */
  readonly rows: number
  /** Work on slots until the candidates are known. */
  readonly merging: number
  readonly walked: number
}

/**
 * The cheapest intersection of lookups, begun with the smallest and made of those that make it cheaper, smaller ones first;
 * `undefined` where the smallest one by itself is cheaper.
 */
export function intersectionChoice(lookups: readonly Asked[], weights: Weights): Choice | undefined {
  if (lookups.length < 2) return undefined
  const [smallest, ...others] = bySize(lookups, weights.conjuncts)
  if (smallest === undefined || smallest.rows > mostHeld) return undefined
  const first: Merged = { of: [smallest], rows: smallest.rows, merging: 0, walked: smallest.rows }
  let best = first
  for (const one of others) {
    if (best.of.length === mostIndexes) break
    if (!tellsMore(one, best, weights.conjuncts)) continue
    const merged = mergedWith(one, best, weights.records)
    if (merged !== undefined && costOf(merged, weights) < costOf(best, weights)) best = merged
  }
  return best === first ? undefined : choiceOf(best, weights)
}

function mergedWith(one: Asked, { of, rows, merging, walked }: Merged, records: number): Merged | undefined {
  const isSeen = one.index.has?.(one.probe) !== undefined
  if (!isSeen && walked + one.rows > mostWalked) return undefined
  // The first one is walked through in any case; it counts as soon as there is another one.
  const before = of.length === 1 ? rows * walkCost : merging
  return {
    of: [...of, one],
    rows: records === 0 ? 0 : (rows * one.rows) / records,
    merging: before + (isSeen ? rows * lookCost : one.rows * walkCost),
    walked: isSeen ? walked : walked + one.rows,
  }
}

function costOf({ rows, merging }: Merged, { share, sorting }: Weights): number {
  return merging + rows * share + sorting
}

function choiceOf(merged: Merged, weights: Weights): Choice {
  const { of, rows, walked } = merged
  return {
    access: { kind: 'intersection', of: of.map(({ index, probe }) => ({ index, probe })), walked },
    inOrder: false,
    rows,
    each: of.map((one) => one.rows),
    cost: costOf(merged, weights),
    covers: coveredBy(of),
    isRight: () => of.every(({ probing }) => probing.isRight()),
  }
}

/** What one of them covers wholly is covered wholly by all together, and so is what one covers partly. */
function coveredBy(of: readonly Asked[]): Coverage {
  return (condition) => {
    let best: ReturnType<Coverage> = 'not'
    for (const { covers } of of) {
      const one = covers(condition)
      if (one === 'wholly') return one
      if (one === 'partly') best = one
    }
    return best
  }
}

/**
 * Whether a lookup tells what those before have not told, and nothing that they have: numbers of rows are multiplied as if the fields
 * had nothing to do with each other, which of one field with itself is far from true.
 */
function tellsMore(one: Asked, { of }: Merged, conjuncts: readonly Conjunct[]): boolean {
  const covered = coveredBy(of)
  const told = conjuncts.filter((part) => coverage(part, one.covers) !== 'not')
  return told.length > 0 && told.every((part) => coverage(part, covered) === 'not')
}

/** The smallest first; of those that give as many the one that tells more. */
function bySize(lookups: readonly Asked[], conjuncts: readonly Conjunct[]): readonly Asked[] {
  const told = ({ covers }: Asked): number => conjuncts.filter((part) => coverage(part, covers) !== 'not').length
  return [...lookups].sort((one, other) => one.rows - other.rows || told(other) - told(one))
}
