import type { Measured } from './measured.ts'
import { median } from './quantile.ts'
import type { Timing } from './timing.ts'

/** One of several things that are measured beside each other in one process. */
export interface Arm<M extends Measured = Measured> {
  run(timing: Timing): Promise<M>
}

/** What was measured of an arm, turn by turn. */
export type Turns<K extends string, M extends Measured = Measured> = (arm: K) => readonly M[]

/**
 * Measures each arm for `runMs`, in turns, A B C A B C … as often as `timing.turns` says, because the load of a machine and the heat of
 * the code change while they run. Only the first turn of each warms up. Answers with the turns of each arm.
 */
export async function inTurns<K extends string, M extends Measured>(
  arms: Readonly<Record<K, Arm<M>>>,
  timing: Timing,
): Promise<Turns<K, M>> {
  const taken = new Map<K, M[]>()
  for (let turn = 0; turn < (timing.turns ?? 1); turn++) {
    const now = turn === 0 ? timing : { ...timing, warmMs: 0, warmOperations: 0 }
    for (const name in arms) taken.set(name, [...(taken.get(name) ?? []), await arms[name].run(now)])
  }
  return (arm) => taken.get(arm) ?? []
}

/** The median of what the turns of one arm are of the turns of the other that came just before or behind. */
export function ratioOf<M>(these: readonly M[], those: readonly M[], figure: (turn: M) => number | undefined): number {
  const ratios = these.flatMap((one, at) => {
    const other = those[at]
    const [value, through] = [figure(one), other === undefined ? undefined : figure(other)]
    return value === undefined || through === undefined ? [] : [value / through]
  })
  return median(ratios) ?? Number.NaN
}

/** The turn in the middle, by its value. */
export function middleOf<M extends Measured>(these: readonly M[]): M {
  const found = these.toSorted((a, b) => a.value - b.value)[Math.floor(these.length / 2)]
  if (found === undefined) throw new Error('expected at least one turn, found none')
  return found
}
