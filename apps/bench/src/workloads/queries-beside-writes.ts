import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { closedLoop } from '../measure/closed-loop.ts'
import type { Share } from '../measure/measured.ts'
import { quantile } from '../measure/quantile.ts'
import { Samples } from '../measure/samples.ts'
import { readsOf, writesOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { commonShapes, furtherShapes } from './indexed-shapes.ts'
import { checkUpdated, Updates } from './updates.ts'

const writers = 64
const readers = 4
const wantedMs = 1
const syncs = 200
const lineBytes = 400

/**
 * Q1: four callers ask queries that an index serves, each of other records each time, while 64 update records durably. Every
 * shape has a p99 of its own, waiting for the event loop included; the figure is the greatest of those that everybody answers, and
 * Stateward is asked every other one of the built-in domain as well.
 */
export const queriesBesideWrites: Workload = {
  id: 'Q1',
  title: `indexed queries beside ${writers} durable writers: the greatest p99 of a shape that all answer`,
  unit: 'ms',
  stage: 'changed',
  takes: [['query', 'update']],
  async run(session) {
    const { data, timing, answers } = session
    const updates = new Updates(data, writers)
    const syncMs = await syncP50(session.dir)
    const store = await session.open()
    const writes = writesOf(store)
    const common = await commonShapes(readsOf(store), data, answers)
    const further = store.indexed === undefined ? [] : await furtherShapes(store.indexed, data)
    const shapes = [...common, ...further].map((shape) => ({ ...shape, samples: new Samples(), asked: 0 }))
    let at = 0
    let shape: (typeof shapes)[number] | undefined
    const measured = await closedLoop({
      callers: writers + readers,
      timing,
      operation: (caller) => {
        shape = caller < writers ? undefined : shapes[at++ % shapes.length]
        if (shape !== undefined) return shape.ask(shape.asked++)
        const { index, count } = updates.next(caller)
        return writes.update(data.idAt(index), data.changes(count))
      },
      isTimed: () => shape !== undefined,
      samples: () => shape?.samples,
      goesOn: () => shapes.some(({ samples }) => samples.count === 0),
    })
    await session.close()
    if (session.reopens) await checkUpdated(session, updates)
    const p99s = shapes.map(({ name, samples }) => ({ name, ms: quantile(samples.values(), 0.99) ?? Number.NaN }))
    const value = Math.max(...p99s.slice(0, common.length).map(({ ms }) => ms))
    const remark = `a write and fdatasync of ${lineBytes} bytes took ${syncMs.toFixed(3)} ms (p50) before it was opened`
    return { ...measured, value, shares: sharesOf(p99s, syncMs), remark }
  },
}

/** The p99 of each shape through what is wanted: a bar where a write and its sync take less than that. */
export function sharesOf(
  p99s: readonly { readonly name: string; readonly ms: number }[],
  syncMs: number,
): readonly Share[] {
  return p99s.map(({ name, ms }) => ({
    ...{ what: `${name}: p99 through ${wantedMs} ms`, ratio: ms / wantedMs },
    // Where the disk itself takes longer, the writers are not what a query waits for.
    ...(syncMs < wantedMs && { bar: { atMost: 1 } }),
  }))
}

/** The median of a write and its sync, of as many bytes as a commit takes, on the disk that is measured. */
async function syncP50(dir: string): Promise<number> {
  const path = join(dir, 'sync-probe')
  const file = await open(path, 'w')
  const took = new Float64Array(syncs)
  const line = new Uint8Array(lineBytes).fill(10)
  for (let at = 0; at < syncs; at++) {
    const before = performance.now()
    await file.write(line)
    await file.datasync()
    took[at] = performance.now() - before
  }
  await file.close()
  await rm(path)
  return quantile(took, 0.5) ?? Number.NaN
}
