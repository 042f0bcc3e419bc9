import { SimClock, type SimDisk, seededPick, simMachine } from '@stateward/conformance'
import type { Random } from '@stateward/contract'
import { type CareOptions, type JsonlStorage, type JsonlStorageOptions, jsonlStorage } from '../../src/index.ts'

/** A storage on a simulated disk, with nothing of the real machine in it. */
export function simStorage(
  disk: SimDisk,
  options: Partial<JsonlStorageOptions> & { readonly seed?: number } = {},
): JsonlStorage {
  const { seed = 1, ...rest } = options
  const pick = seededPick(seed)
  const random: Random = { bytes: (count) => Uint8Array.from({ length: count }, () => pick(256)) }
  const clock = new SimClock()
  return jsonlStorage({
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
