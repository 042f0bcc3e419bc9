import type { Ability, Contender } from '../contender.ts'

const everything: readonly Ability[] = ['create', 'load', 'update', 'get', 'query', 'reopen', 'start']

const stateward: Contender = {
  name: 'stateward',
  title: 'Stateward, openState(), JSON lines, one write and fdatasync a group',
  role: 'stateward',
  durability: 'power',
  abilities: [...everything, 'compact', 'killed', 'transact', 'live', 'claim', 'past', 'scan', 'more', 'memory'],
  warmOperations: 20_000,
  cacheFolder: 'cache',
  opener: async () => (await import('./stateward.ts')).openStateward,
}

/** Everybody who takes part, in the order in which they take their turns. */
export const contenders: readonly Contender[] = [
  stateward,
  {
    ...stateward,
    name: 'stateward-full',
    title: "the same store, opened with verify: 'full': every byte of the log is read",
    abilities: ['reopen', 'start', 'killed'],
    loadedBy: stateward,
    opener: async () => (await import('./stateward.ts')).openStatewardFull,
  },
  {
    ...stateward,
    name: 'stateward-view',
    title: 'the same store, asked without a promise: state.view',
    abilities: ['reopen', 'get'],
    loadedBy: stateward,
    opener: async () => (await import('./stateward-view.ts')).openStatewardView,
  },
  {
    name: 'sqlite',
    title: 'SQLite (libsql), WAL, synchronous FULL, JSON beside indexed columns, a commit a write',
    role: 'peer',
    durability: 'power',
    abilities: [...everything, 'compact', 'killed', 'transact'],
    warmOperations: 2_000,
    opener: async () => {
      const { SqliteStore } = await import('./sqlite.ts')
      return async (dir) => new SqliteStore(dir)
    },
  },
  {
    name: 'sqlite-batch',
    title: 'the same, one COMMIT for all writes of a turn of the event loop',
    role: 'peer',
    durability: 'power',
    abilities: ['create', 'load', 'update', 'get', 'reopen', 'transact'],
    warmOperations: 2_000,
    opener: async () => {
      const { SqliteBatchStore } = await import('./sqlite-batch.ts')
      return async (dir) => new SqliteBatchStore(dir)
    },
  },
  {
    name: 'lmdb',
    title: 'lmdb, acknowledged when flushed, one table of index keys kept by hand',
    role: 'peer',
    durability: 'power',
    abilities: [...everything, 'killed', 'transact'],
    warmOperations: 2_000,
    opener: async () => {
      const { LmdbStore } = await import('./lmdb.ts')
      return async (dir) => new LmdbStore(dir)
    },
  },
  {
    name: 'level',
    title: 'classic-level, sync: true, index keys kept by hand in the same batch',
    role: 'peer',
    durability: 'power',
    abilities: [...everything, 'compact', 'killed'],
    warmOperations: 2_000,
    opener: async () => {
      const { LevelStore } = await import('./level.ts')
      return (dir) => LevelStore.open(dir)
    },
  },
  {
    name: 'map-file',
    title: 'a Map, and for each write appendFile and fdatasync',
    role: 'peer',
    durability: 'power',
    abilities: everything,
    warmOperations: 2_000,
    opener: async () => {
      const { MapFileStore } = await import('./map-file.ts')
      return (dir) => MapFileStore.open(dir)
    },
  },
  {
    name: 'nedb',
    title: '@seald-io/nedb, in memory, appended to a file that is not synced',
    role: 'peer',
    durability: 'process',
    abilities: everything,
    warmOperations: 10_000,
    opener: async () => {
      const { NedbStore } = await import('./nedb.ts')
      return (dir) => NedbStore.open(dir)
    },
  },
  {
    name: 'loki',
    title: 'lokijs, in memory with indexes, saved as one file when it is closed',
    role: 'peer',
    durability: 'none',
    abilities: everything,
    warmOperations: 10_000,
    opener: async () => {
      const { LokiStore } = await import('./loki.ts')
      return (dir) => LokiStore.open(dir)
    },
  },
  {
    name: 'lowdb',
    title: 'lowdb, one JSON file that is written anew for each write and not synced',
    role: 'peer',
    durability: 'process',
    abilities: everything,
    warmOperations: 5,
    opener: async () => {
      const { LowdbStore } = await import('./lowdb.ts')
      return (dir) => LowdbStore.open(dir)
    },
  },
  {
    name: 'jsonl-db',
    title: '@alcalzone/jsonl-db, a Map whose changes are appended to a file behind it, not synced',
    role: 'peer',
    durability: 'none',
    abilities: everything,
    warmOperations: 10_000,
    opener: async () => {
      const { JsonlDbStore } = await import('./jsonl-db.ts')
      return (dir) => JsonlDbStore.open(dir)
    },
  },
  {
    name: 'raw',
    title: 'limit: write and fdatasync of the same bytes in groups of the same size, blocking',
    role: 'limit',
    durability: 'power',
    abilities: ['group'],
    warmOperations: 2_000,
    opener: async () => (await import('./raw-blocking.ts')).openRawBlocking,
  },
  {
    name: 'raw-async',
    title: 'limit: the same on the thread pool, not blocking the event loop',
    role: 'limit',
    durability: 'power',
    abilities: ['group'],
    warmOperations: 2_000,
    opener: async () => (await import('./raw-async.ts')).openRawAsync,
  },
  {
    name: 'sequential-read',
    title: "limit: the bytes of Stateward's log, read from end to end",
    role: 'limit',
    durability: 'none',
    abilities: ['reopen', 'scan'],
    warmOperations: 1,
    loadedBy: stateward,
    opener: async () => (await import('./log-scans.ts')).openSequentialRead,
  },
  {
    name: 'newline-scan',
    title: 'limit: the same, and the end of each line found',
    role: 'limit',
    durability: 'none',
    abilities: ['reopen', 'scan'],
    warmOperations: 1,
    loadedBy: stateward,
    opener: async () => (await import('./log-scans.ts')).openNewlineScan,
  },
  {
    name: 'json-parse',
    title: 'limit: JSON.parse of each line of that log',
    role: 'limit',
    durability: 'none',
    abilities: ['reopen', 'scan'],
    warmOperations: 1,
    loadedBy: stateward,
    opener: async () => (await import('./log-scans.ts')).openParseOfLines,
  },
  {
    name: 'map-get',
    title: 'limit: Map.get',
    role: 'limit',
    durability: 'none',
    abilities: ['get'],
    warmOperations: 20_000,
    opener: async () => (await import('./map-get.ts')).openMapGet,
  },
  {
    name: 'ceiling',
    title: 'limit: the harness itself with an adapter that does nothing, a resolved promise',
    role: 'limit',
    durability: 'none',
    abilities: ['create', 'load', 'update', 'get', 'query', 'transact'],
    warmOperations: 20_000,
    opener: async () => (await import('./ceiling.ts')).openCeiling,
  },
]

/** Throws for a name that nobody has. */
export function contenderNamed(name: string): Contender {
  const found = contenders.find((contender) => contender.name === name)
  if (found !== undefined) return found
  throw new Error(`no contender is called ${name}: there are ${contenders.map((one) => one.name).join(', ')}`)
}
