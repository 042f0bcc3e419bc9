import { randomFillSync } from 'node:crypto'
import { hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { Clock, Machine, Random, Timers } from '@stateward/contract'
import { processStart } from './node-process-start.ts'

export const nodeClock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

export const nodeRandom: Random = { bytes: (count) => randomFillSync(new Uint8Array(count)) }

export const nodeTimers: Timers = {
  after(ms, action, options) {
    const timer = setTimeout(action, ms)
    if (options?.keepAlive !== true) timer.unref()
    return () => clearTimeout(timer)
  },
}

export const nodeMachine: Machine = {
  pid: process.pid,
  host: hostname(),
  startOf: processStart,
  isAlive(pid) {
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      // EPERM: it lives and is somebody else's.
      return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
    }
  },
}
