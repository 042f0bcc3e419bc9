import { performance } from 'node:perf_hooks'
import type { Soon } from '../contender.ts'
import { CpuWatch } from './cpu-watch.ts'
import { type Measured, measuredOf } from './measured.ts'
import { Samples } from './samples.ts'
import { StallWatch } from './stall-watch.ts'
import { isWarm, type Timing } from './timing.ts'
import { turn } from './turn.ts'

// The loop turns between chunks, so that the stall watch sees the operations and not the harness.
const chunkMs = 1
// A part of the time goes to durations of single operations, which would slow down the rest.
const sampledShare = 0.25

/**
 * One caller that asks as fast as it is answered, `operation(0)`, `operation(1)` …: operations per second without the
 * turns of the loop between, then durations of single ones. Answers that are there at once are not awaited.
 */
export async function readLoop(timing: Timing, operation: (at: number) => Soon<unknown>): Promise<Measured> {
  let at = 0
  /** Asks `count` times; answers with the milliseconds that took. */
  const ask = async (count: number): Promise<number> => {
    const before = performance.now()
    for (const end = at + count; at < end; at++) {
      const answer = operation(at)
      if (answer instanceof Promise) await answer
    }
    return performance.now() - before
  }
  const chunk = await warmedUp(timing, ask)
  const stall = new StallWatch()
  await stall.start()
  let spent = 0
  let done = 0
  const cpu = new CpuWatch()
  while (spent < timing.runMs * (1 - sampledShare)) {
    spent += await ask(chunk)
    done += chunk
    await turn()
  }
  const cpuUs = cpu.stop()
  const samples = new Samples()
  for (let left = timing.runMs * sampledShare; left > 0; ) {
    const duration = await ask(1)
    samples.add(duration)
    left -= duration
    if (samples.count % chunk === 0) await turn()
  }
  return measuredOf(samples, { value: done / (spent / 1000), operations: done, stalls: await stall.stop(), cpuUs })
}

/** Finds out how many operations fill a chunk while everything gets warm. */
async function warmedUp(timing: Timing, ask: (count: number) => Promise<number>): Promise<number> {
  let chunk = 1
  let spent = 0
  for (let done = 0; !isWarm(timing, spent, done); done += chunk) {
    const took = await ask(chunk)
    spent += took
    if (took < chunkMs / 2) chunk *= 2
    else if (took > chunkMs * 2) chunk = Math.max(1, Math.floor(chunk / 2))
    await turn()
  }
  return chunk
}
