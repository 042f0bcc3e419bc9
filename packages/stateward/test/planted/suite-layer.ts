import { boot, type OpenedStorage, SimMedium, storageCases } from '@stateward/conformance'
import type { Timers } from '@stateward/contract'
import { simStorage } from '../../../storage-jsonl/test/simulated/sim-storage.ts'

const timers: Timers = {
  after(ms, action) {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  },
}

const lanes = 8

/** The published suite that any storage must pass, on simulated disks; much of it waits, so that cases run side by side. */
export async function suiteLayer(): Promise<void> {
  const waiting = [...storageCases]
  const lane = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift())
      await one.run(opened, { patienceMs: 20_000 })
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

async function opened(): Promise<OpenedStorage> {
  const disk = boot(new SimMedium())
  const open = () => simStorage(disk, { retention: 'none', segmentBytes: 16_384, timers })
  return { storage: open(), reopen: async () => open(), twin: async () => open() }
}
