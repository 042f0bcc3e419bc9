import type { Domain, Index, LogReader, Random, Seq, StoredCache } from '@stateward/contract'
import { limits } from '@stateward/contract'
import { ImageReader } from '@stateward/index'
import { checkpointName, type Directory, domainText, read, readDirectory } from './checkpoint-file.ts'
import type { Live, LiveType } from './live.ts'
import { recallTxids } from './replay.ts'
import type { TxidWindow } from './txid-window.ts'

const sampledRows = 16
const rowsPerLoad = 1_024

export interface LoadCheckpointOptions {
  readonly reader: LogReader
  readonly domain: Domain
  /** Empty. Where loading fails it is left half filled, and must be thrown away. */
  readonly live: Live
  readonly txids: TxidWindow | undefined
  readonly random: Random
}

/**
 * Fills the state from the checkpoint beside the log, if there is one. Resolves with the commit from which the log is to
 * be taken in, with `undefined` where there is no checkpoint, and in words with why the one that is there is of no use.
 */
export async function loadCheckpoint(options: LoadCheckpointOptions): Promise<Seq | string | undefined> {
  const cache = await options.reader.caches?.load(checkpointName)
  if (cache === undefined) return undefined
  try {
    return await loadFrom(cache, options)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await cache.close()
  }
}

async function loadFrom(cache: StoredCache, options: LoadCheckpointOptions): Promise<Seq | string> {
  const { domain, live } = options
  const directory = await readDirectory(cache)
  if (directory === undefined) return 'it is of a layout that cannot be read here'
  if (directory.domain !== domainText(domain, live.types.values())) return 'it is of another domain'
  for (const saved of directory.types) await loadType(cache, saved, live)
  await loadTxids(cache, directory.txids, options)
  const unlike = await sample(options)
  if (unlike !== undefined) return unlike
  live.lastSeq = directory.txids.asOf
  live.versions = directory.versions
  return live.lastSeq
}

async function loadType(cache: StoredCache, saved: Directory['types'][number], live: Live): Promise<void> {
  const type = live.type(saved.name)
  type.rows.load(new ImageReader(await read(cache, saved.rows)))
  live.asOf.set(type.rows, saved.rows.asOf)
  for (const [at, index] of type.indexes.entries()) {
    const section = saved.indexes[at]
    if (section === null || section === undefined || index.image === undefined) {
      await build(index, type, live)
      live.asOf.set(index, saved.rows.asOf)
    } else {
      index.image.load(await read(cache, section))
      live.asOf.set(index, section.asOf)
    }
  }
}

/** Makes an index that has no image of the records themselves. */
async function build(index: Index, type: LiveType, live: Live): Promise<void> {
  const slots = [...type.rows.ids.slots()]
  for (let from = 0; from < slots.length; from += rowsPerLoad) {
    const some = slots.slice(from, from + rowsPerLoad)
    const records = await live.bodies.load(some.map((slot) => live.request(type, slot)))
    for (const [at, slot] of some.entries()) {
      const record = records[at]
      if (record === undefined) throw live.lost(type.name, type.rows.idOf(slot), type.rows.seq(slot))
      index.update(slot, undefined, record)
    }
  }
}

/** Remembers what a scan of the log would, and no more: what a base covers only as far back as it is read for txids. */
async function loadTxids(
  cache: StoredCache,
  section: Directory['txids'],
  { reader, txids }: LoadCheckpointOptions,
): Promise<void> {
  if (txids === undefined) return
  const covered = (await reader.loadBase())?.upTo ?? 0
  const { firstSeq, lastSeq } = await reader.stats()
  const from = Math.max(firstSeq, lastSeq - limits.txidWindow + 1)
  // Which of the commits before a hole are left, only the log knows.
  await recallTxids(reader, Math.min(covered, firstSeq - 1), txids)
  const packed = new ImageReader(await read(cache, section)).json()
  txids.unpack(packed, (seq) => seq > covered || seq >= from)
}

/** Reads some rows from the log: each must stand where it is said to. In words what does not. */
async function sample({ live, random }: LoadCheckpointOptions): Promise<string | undefined> {
  const types = [...live.types.values()].filter(({ rows }) => rows.size > 0)
  const dice = random.bytes(sampledRows * 2)
  const requests =
    types.length === 0
      ? []
      : Array.from({ length: sampledRows }, (_, at) => {
          const type = types[at % types.length]
          const where = ((dice[at * 2] ?? 0) * 256 + (dice[at * 2 + 1] ?? 0)) / 65_536
          const slot = type?.rows.slotNear(where)
          return type === undefined || slot === undefined ? undefined : live.request(type, slot)
        }).filter((request) => request !== undefined)
  const found = await live.bodies.load(requests)
  const missing = requests.find((_, at) => found[at] === undefined)
  return missing && `${missing.type} ${missing.id} is not where it says`
}
