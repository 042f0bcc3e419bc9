import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { WorkStatus } from 'stateward'
import type { Reads, Soon } from '../contender.ts'
import type { DataSet } from '../data/data-set.ts'
import { hash } from '../data/hash.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import type { Share } from '../measure/measured.ts'
import { quantile } from '../measure/quantile.ts'
import { Samples } from '../measure/samples.ts'
import { readsOf, writesOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { checkUpdated, Updates } from './updates.ts'

const writers = 64
const readers = 4
const wantedMs = 1
const statuses: readonly WorkStatus[] = ['running', 'pending', 'completed', 'failed', 'blocked']
const syncs = 200
const lineBytes = 400

type Shape = (at: number) => Soon<unknown>

/**
 * Q1: four callers ask indexed queries of every shape, each of other records each time, while 64 update records durably. Every
 * shape has a p99 of its own, waiting for the event loop included; the figure is the greatest.
 */
export const queriesBesideWrites: Workload = {
  id: 'Q1',
  title: `indexed queries beside ${writers} durable writers: the greatest p99 of a shape`,
  unit: 'ms',
  stage: 'changed',
  takes: [['query', 'update']],
  async run(session) {
    const { data, timing } = session
    const updates = new Updates(data, writers)
    const syncMs = await syncP50(session.dir)
    const store = await session.open()
    const writes = writesOf(store)
    const shapes = Object.entries(shapesOf(readsOf(store), data)).map(([name, ask]) => ({
      name,
      ask,
      samples: new Samples(),
      asked: 0,
    }))
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
    const shares = p99s.map(
      ({ name, ms }): Share => ({
        ...{ what: `${name}: p99 through ${wantedMs} ms`, ratio: ms / wantedMs },
        // Where the disk itself takes longer, the writers are not what a query waits for.
        ...(syncMs < wantedMs && { bar: { atMost: 1 } }),
      }),
    )
    const remark = `a write and fdatasync of ${lineBytes} bytes took ${syncMs.toFixed(3)} ms (p50) before it was opened`
    return { ...measured, value: Math.max(...p99s.map(({ ms }) => ms)), shares, remark }
  },
}

function shapesOf(reads: Reads, data: DataSet): Readonly<Record<string, Shape>> {
  const phases = data.indicesOf('phase')
  const plans = data.indicesOf('plan')
  const any = (from: Int32Array, at: number, salt: number): number => from[hash(data.seed, at, salt) % from.length] ?? 0
  return {
    'get by id': (at) => reads.get('phase', data.idAt(any(phases, at, 21))),
    'newest 20 of a status': (at) => reads.newest(statuses[at % statuses.length] ?? 'running', 20),
    'specs of a plan': (at) => reads.specsOf(data.idAt(any(plans, at, 22))),
    'range of 100': (at) => reads.since(new Date(data.updatedMsAt(any(phases, at, 23))).toISOString(), 100),
    'counts by status': () => reads.counts(),
  }
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
