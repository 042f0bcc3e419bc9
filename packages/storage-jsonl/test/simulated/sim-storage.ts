import { SimClock, type SimDisk, seededPick, simMachine } from '@stateward/conformance'
import type { Random } from '@stateward/contract'
import { type CareOptions, type JsonlStorage, type JsonlStorageOptions, jsonlStorage } from '../../src/index.ts'

/** The storage under test: the source's own, or one in which somebody has planted a bug. */
export type MakeStorage = typeof jsonlStorage

export interface SimStorageOptions extends Partial<JsonlStorageOptions> {
  readonly seed?: number
  readonly make?: MakeStorage
}

/** A storage on a simulated disk, with nothing of the real machine in it. */
export function simStorage(
  disk: SimDisk,
  { seed = 1, make = jsonlStorage, ...rest }: SimStorageOptions = {},
): JsonlStorage {
  const pick = seededPick(seed)
  const random: Random = { bytes: (count) => Uint8Array.from({ length: count }, () => pick(256)) }
  const clock = new SimClock()
  return make({
    dir: '/store',
    fs: disk,
    clock,
    timers: clock,
    random,
    machine: simMachine,
    ballastBytes: 0,
    ...rest,
  })
}

/** How the functions that look after a store reach one on a simulated disk. */
export function careOf(disk: SimDisk): CareOptions {
  const clock = new SimClock()
  return { dir: '/store', fs: disk, clock, timers: clock, machine: simMachine }
}
