import type { Slot } from '@stateward/contract'
import type { IndexProbe } from '@stateward/query'

/**
 * The slots that all of these lookups give, each once. An index that can be asked about a slot is asked; what the others give is
 * walked through, against the slots that are left of the first one: so many are held, and no more.
 */
export function slotsInAll([first, ...others]: readonly IndexProbe[]): Iterable<Slot> {
  if (first === undefined) return []
  const looks: ((slot: Slot) => boolean)[] = []
  const walks: IndexProbe[] = []
  for (const one of others) {
    const look = one.index.has?.(one.probe)
    if (look === undefined) walks.push(one)
    else looks.push(look)
  }
  let left: Iterable<Slot> = passing(first.index.lookup(first.probe), looks)
  for (const { index, probe } of walks) left = within(index.lookup(probe), new Set(left))
  return left
}

function* passing(slots: Iterable<Slot>, looks: readonly ((slot: Slot) => boolean)[]): Generator<Slot> {
  for (const slot of slots) if (looks.every((look) => look(slot))) yield slot
}

/** Each once, for a lookup gives each once. */
function* within(slots: Iterable<Slot>, held: Set<Slot>): Generator<Slot> {
  let left = held.size
  if (left === 0) return
  for (const slot of slots) {
    if (!held.has(slot)) continue
    yield slot
    if (--left === 0) return
  }
}
