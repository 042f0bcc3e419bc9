import { Worker } from 'node:worker_threads'

/** Looks at the test that is running from a thread of its own, so that it also sees one that never lets go of this thread. */
export interface Watch {
  /** Another test begins, which may take this much processor time. */
  begin(limitMs: number): void
  /** The longest while, in milliseconds, for which the test of the last `begin` did nothing. */
  idleMs(): number
}

/** Nothing happens for this long: what is waited for will not come. Time in which a busy machine runs others does not count. */
export const longestIdleMs = 8_000
const tickMs = 250

// A tick that has more than this of processor time, of which a busy machine gives every process some, is not idle.
const busyMicros = 4_000

const source = `
const { workerData: { shared, longestIdleMs, tickMs, busyMicros } } = require('node:worker_threads')
const { writeSync } = require('node:fs')
const state = new Int32Array(shared)
const cpu = () => { const { user, system } = process.cpuUsage(); return user + system }
let turn = 0, since = cpu(), last = since, idle = 0
const end = (error) => {
  writeSync(1, JSON.stringify({ kind: 'stuck', error }) + '\\n')
  process.kill(process.pid, 'SIGKILL')
}
setInterval(() => {
  const now = cpu()
  if (state[0] !== turn) { turn = state[0]; since = last; idle = 0 }
  idle = now - last < busyMicros ? idle + tickMs : 0
  last = now
  if (idle > state[2]) state[2] = idle
  if ((now - since) / 1000 > state[1]) end('it does not end')
  if (idle > longestIdleMs) end('it waits for what does not come')
}, tickMs)
`

/** Starts watching; the process may end whenever it likes. */
export function watch(): Watch {
  const shared = new SharedArrayBuffer(12)
  const state = new Int32Array(shared)
  const worker = new Worker(source, { eval: true, workerData: { shared, longestIdleMs, tickMs, busyMicros } })
  worker.unref()
  return {
    begin(limitMs) {
      state[1] = limitMs
      state[2] = 0
      Atomics.add(state, 0, 1)
    },
    idleMs: () => state[2] ?? 0,
  }
}
