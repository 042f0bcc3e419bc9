import type { Slot } from '@stateward/contract'

/** Of so many types the keys of all slots are small integers, which V8 keeps without an object and finds soonest. */
const typesOfSmallKeys = 32
/** Of so many more they are numbers below 0. Types beyond them are not cached. */
export const typesPerStore = 4_096
/** Records of one type in neighbouring slots have places side by side; those of different types begin this far from each other. */
const placesBetweenTypes = 1_367

/** What the cache knows the record in this slot by. */
export function keyOf(typeNumber: number, slot: Slot): number {
  return typeNumber < typesOfSmallKeys ? slot * typesOfSmallKeys + typeNumber : -1 - (slot * typesPerStore + typeNumber)
}

/** Where a table of 32 bits of places looks for it; neighbours have neighbouring ones. */
export function placeOf(key: number): number {
  if (key >= 0) return (key >> 5) + (key & (typesOfSmallKeys - 1)) * placesBetweenTypes
  const behind = -1 - key
  return Math.floor(behind / typesPerStore) + (behind % typesPerStore) * placesBetweenTypes
}
