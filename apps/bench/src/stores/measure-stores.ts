import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type domain, openState, openStores, type Stores } from 'stateward'
import { quantile } from '../measure/quantile.ts'
import { Samples } from '../measure/samples.ts'

export interface StoresJob {
  /** An empty directory. */
  readonly dir: string
  readonly stores: number
  /** How many of them are woken, answer once and are passivated. */
  readonly wakes: number
  readonly maxOpen: number
  /** How long what has ended is given to let go of its memory before that is measured. */
  readonly restMs: number
}

export interface StoresFigures {
  readonly stores: number
  readonly wakes: number
  /** Milliseconds to the first answer of a passivated store; p50 and p99. */
  readonly wakeMs: readonly [p50: number, p99: number]
  /** The same of a store that is opened by itself, in turns with the others. */
  readonly freshMs: readonly [p50: number, p99: number]
  /** Processor time of a waking, its answer and its passivation. */
  readonly wakeCpuMs: number
  /** Heap and buffers that are left of each store that was woken, bytes. */
  readonly idleBytes: number
  /** Heap and buffers of each store that is open, bytes. */
  readonly openBytes: number
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Wakes stores one after the other, each from its passivation, in turns with openings of others by themselves. */
export async function measureStores({ dir, stores: count, wakes, maxOpen, restMs }: StoresJob): Promise<StoresFigures> {
  const id = await copies(dir, count)
  const stores = await openStores({ directory: dir, maxOpen, idleMs: 2_147_483_647 })
  const nameOf = (at: number): string => `store-${Math.floor((at * count) / wakes)}`
  // The first few make what all of them share.
  for (let at = 0; at < Math.min(wakes, maxOpen); at++) await wake(stores, nameOf(at), id)
  for (let at = 0; at < Math.min(wakes, maxOpen); at++) await stores.passivate(nameOf(at))
  // Made before the look at the memory, of which they take some.
  const waking = new Samples()
  const fresh = new Samples()
  await pause(restMs)
  const before = bytesUsed()
  let cpu = 0
  for (let at = 0; at < wakes; at++) {
    fresh.add(await opening(join(dir, nameOf(at)), id))
    const cpuBefore = cpuMs()
    waking.add(await wake(stores, nameOf(at), id))
    await stores.passivate(nameOf(at))
    cpu += cpuMs() - cpuBefore
  }
  await pause(restMs)
  const idleBytes = (bytesUsed() - before) / wakes
  const idle = bytesUsed()
  const many = Math.min(maxOpen, wakes)
  for (let at = 0; at < many; at++) await wake(stores, nameOf(at), id)
  const openBytes = (bytesUsed() - idle) / many
  await stores.stop()
  const figures = { stores: count, wakes, wakeCpuMs: cpu / wakes, idleBytes, openBytes }
  return { ...figures, wakeMs: quantilesOf(waking), freshMs: quantilesOf(fresh) }
}

/** Makes one store with one record, and copies of it; resolves with the record's id. */
async function copies(dir: string, count: number): Promise<string> {
  const first = join(dir, 'store-0')
  const stores = await openStores({ directory: dir })
  const { id } = await stores.get('store-0').plan.create({ name: 'one' })
  await stores.stop()
  const files = readdirSync(first)
  for (let at = 1; at < count; at++) {
    const copy = join(dir, `store-${at}`)
    mkdirSync(copy, { mode: 0o700 })
    for (const file of files) copyFileSync(join(first, file), join(copy, file))
  }
  return id
}

async function wake(stores: Stores<typeof domain>, name: string, id: string): Promise<number> {
  const before = performance.now()
  const plan = await stores.use(name, (store) => store.plan.get(id))
  const ms = performance.now() - before
  if (plan === undefined) throw new Error(`${name} does not hold its record`)
  return ms
}

async function opening(dir: string, id: string): Promise<number> {
  const before = performance.now()
  const state = await openState(dir)
  const plan = await state.plan.get(id)
  const ms = performance.now() - before
  if (plan === undefined) throw new Error(`${dir} does not hold its record`)
  await state.close()
  return ms
}

const quantilesOf = (samples: Samples): [number, number] => {
  const values = samples.values()
  return [quantile(values, 0.5) ?? 0, quantile(values, 0.99) ?? 0]
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function bytesUsed(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
