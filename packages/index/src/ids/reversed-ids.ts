import type { Slot } from '@stateward/contract'
import { uuidWords } from '../keys/uuid.ts'
import type { IdTable } from './id-table.ts'
import type { SlotIds } from './slot-ids.ts'

const left = new Uint32Array(uuidWords)
const right = new Uint32Array(uuidWords)

/** The order of the ids of a table when they are read from their last character to the first. */
export function reversedIds(ids: IdTable): SlotIds {
  return {
    compare(a, b) {
      if (a === b) return 0
      if (ids.readUuid(a, left) && ids.readUuid(b, right)) return compareWords()
      return compareFromEnd(ids.idOf(a), ids.idOf(b))
    },
    compareText: (slot: Slot, text: string) => compareFromEnd(ids.idOf(slot), text),
  }
}

/** A word of a UUID with its hex digits from the last to the first: words so turned compare as the texts do from their ends. */
export function turned(word: number): number {
  const bytes = ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word & 0xff00) << 8) | (word << 24)) >>> 0
  return (((bytes >>> 4) & 0x0f0f_0f0f) | ((bytes & 0x0f0f_0f0f) << 4)) >>> 0
}

/** How many characters two texts share at their ends. */
export function sharedEnding(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let shared = 0
  while (shared < most && a.charCodeAt(a.length - 1 - shared) === b.charCodeAt(b.length - 1 - shared)) shared++
  return shared
}

function compareWords(): number {
  for (let word = uuidWords - 1; word >= 0; word--) {
    const [one = 0, other = 0] = [left[word], right[word]]
    if (one !== other) return turned(one) - turned(other)
  }
  return 0
}

/** Negative, 0 or positive as `a` comes before `b`, is it, or comes after it, both read from the last character to the first. */
export function compareFromEnd(a: string, b: string): number {
  const shared = sharedEnding(a, b)
  if (shared === a.length || shared === b.length) return a.length - b.length
  return a.charCodeAt(a.length - 1 - shared) - b.charCodeAt(b.length - 1 - shared)
}
