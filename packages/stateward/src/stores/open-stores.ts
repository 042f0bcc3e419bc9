import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Clock, type Domain, StatewardError, type Timers } from '@stateward/contract'
import { createStateManager } from '@stateward/core'
import type { domain as workDomain } from '@stateward/domain'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { domainOr } from '../domain-or.ts'
import { StopStores, type StopStoresOptions, type StoresReport } from './stop-stores.ts'
import { storeDirectory, storeName } from './store-directory.ts'
import type { StoresEvent } from './store-events.ts'
import { storeHandle } from './store-handle.ts'
import { StorePool } from './store-pool.ts'
import type { Stores } from './stores.ts'
import { checkedStores, type OpenStoresOptions, type StoresSettings } from './stores-options.ts'
import type { OpenedStore } from './used-store.ts'

const system: { clock: Clock; timers: Timers } = {
  clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
  timers: {
    after(ms, action) {
      const timer = setTimeout(action, ms)
      timer.unref()
      return () => clearTimeout(timer)
    },
  },
}

/**
 * Many stores in one process, below one folder: each is opened when it is first asked for, and closed when it has not been
 * used for `idleMs`, or when another needs its room. A closed one takes no memory. Rejects with `INVALID` for options out
 * of bounds, and `STORAGE_FAILED` where the folder cannot be made.
 */
export async function openStores<const D extends Domain = typeof workDomain>(
  options: OpenStoresOptions<D>,
): Promise<Stores<D>> {
  const settings = checkedStores(options, system)
  const { directory } = options
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new StatewardError('STORAGE_FAILED', `making the folder ${directory} failed: ${String(cause)}`, { cause })
  })
  const domain = domainOr(options.domain)
  const tell = telling(options)
  const each = { options, domain, cacheBytes: Math.ceil(settings.cacheBytes / settings.maxOpen), tell }
  const pool = new StorePool<OpenedStore<D>>({
    ...settings,
    retry: settings,
    tell,
    open: (at) => openOne(at, each),
    close: ({ state }) => state.close(),
  })
  return storesOf(pool, { ...settings, directory, domain })
}

interface Opening<D extends Domain> {
  readonly options: OpenStoresOptions<D>
  readonly domain: D
  readonly cacheBytes: number
  readonly tell: (event: StoresEvent) => void
}

async function openOne<D extends Domain>(at: string, opening: Opening<D>): Promise<OpenedStore<D>> {
  const { options, domain, cacheBytes, tell } = opening
  const { directory, recovery = 'refuse', retention = 'all', verify, ballastBytes = 0, ...others } = options
  const { maxOpen, idleMs, maxWaiting, wakeTimeoutMs, retry, memory, onEvent, ...perStore } = others
  const state = await createStateManager({
    ...perStore,
    domain,
    memory: { cacheBytes },
    storage: jsonlStorage({
      ...{ dir: join(directory, at), recovery, retention, ballastBytes },
      ...(verify === undefined ? {} : { verify }),
    }),
    onEvent: (event) => tell({ kind: 'store', name: at, event }),
  })
  const { close, shutdown, [Symbol.asyncDispose]: dispose, ...used } = state
  return { state, used: Object.freeze(used) }
}

/** Tells of stores by their names. What who listens throws is dropped: it must not decide what becomes of a store. */
function telling({ onEvent }: Pick<OpenStoresOptions, 'onEvent'>): (event: StoresEvent) => void {
  return (event) => {
    try {
      onEvent?.({ ...event, name: nameOf(event.name) })
    } catch {}
  }
}

function nameOf(directory: string): string {
  return storeName(directory) ?? directory
}

function storesOf<D extends Domain>(
  pool: StorePool<OpenedStore<D>>,
  { directory, domain, clock, timers }: StoresSettings & { readonly directory: string; readonly domain: D },
): Stores<D> {
  let ending: StopStores | undefined
  const stop = (options: StopStoresOptions = {}): Promise<StoresReport> => {
    ending ??= new StopStores(pool, options, { clock, timers, nameOf })
    return ending.begin()
  }
  return Object.freeze<Stores<D>>({
    get: (name) => storeHandle({ directory: storeDirectory(name), domain, pool, clock }),
    async use(name, work, { create = true, ...asking } = {}) {
      const at = storeDirectory(name)
      if (!create && !pool.isHeld(at)) await expectThere(join(directory, at), name)
      const { store, release } = await pool.hold(at, asking)
      try {
        return await work(store.used)
      } finally {
        release()
      }
    },
    passivate: async (name) => pool.passivate(storeDirectory(name)),
    async names() {
      const entries = await readdir(directory, { withFileTypes: true })
      return entries.flatMap((entry) => (entry.isDirectory() ? (storeName(entry.name) ?? []) : []))
    },
    stats: () => pool.stats,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  })
}

async function expectThere(path: string, name: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true)
    throw new StatewardError(
      'NOT_FOUND',
      `expected a store named ${JSON.stringify(name)}, found none; leave create out to make it`,
    )
}
