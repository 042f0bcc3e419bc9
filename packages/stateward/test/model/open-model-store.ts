import { type SimClock, type SimDisk, seededPick, simMachine } from '@stateward/conformance'
import { createStateManager, type State } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { type TinyDomain, tinyDomain } from '../../../core/test/tiny-domain.ts'
import type { Plan } from './step.ts'

/** Opens the store of a plan on a simulated disk, in segments so small that it rotates. */
export function openModelStore(
  { durability, retention, hasCheckpoints, cacheBytes }: Plan,
  { disk, clock, seed }: { disk: SimDisk; clock: SimClock; seed: number },
): Promise<State<TinyDomain>> {
  const pick = seededPick(seed)
  const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => pick(256)) }
  const storage = jsonlStorage({
    dir: '/store',
    fs: disk,
    clock,
    timers: clock,
    random,
    machine: simMachine,
    ballastBytes: 0,
    segmentBytes: 4_096,
    retention,
  })
  return createStateManager({
    storage,
    domain: tinyDomain,
    durability,
    clock,
    random,
    compaction: false,
    checkpoints: hasCheckpoints ? { atClose: 1, whileOpen: 8 } : false,
    memory: cacheBytes === undefined ? {} : { cacheBytes },
  })
}
