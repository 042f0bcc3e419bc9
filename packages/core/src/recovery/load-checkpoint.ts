import type { Domain, Index, LogReader, LogStats, Random, Seq, StoredCache } from '@stateward/contract'
import { limits } from '@stateward/contract'
import { ImageReader, jsonOf } from '@stateward/index'
import type { TxidWindow } from '../deciding/txid-window.ts'
import type { BodyRequest } from '../records/bodies.ts'
import { within } from '../records/within.ts'
import type { Live, LiveType } from '../state/live.ts'
import { textOf } from '../validation/storage-error.ts'
import { checkpointName, type Directory, domainText, readDirectory } from './checkpoint-file.ts'
import { CheckpointSource } from './checkpoint-source.ts'
import { recallTxids } from './replay.ts'

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

export interface LoadedCheckpoint {
  /** The commit behind which the log is to be taken in. */
  readonly upTo: Seq
  /** Versions that were in the log as of it. */
  readonly versions: number
  /** Where everything is read from that has not been needed yet. */
  readonly source: CheckpointSource
}

/**
 * Fills the state from the checkpoint beside the log, if there is one, of which it reads what is needed when it is needed.
 * `undefined` where there is none; in words why the one that is there is of no use.
 */
export async function loadCheckpoint(options: LoadCheckpointOptions): Promise<LoadedCheckpoint | string | undefined> {
  const cache = await options.reader.caches?.load(checkpointName)
  if (cache === undefined) return undefined
  const source = new CheckpointSource(cache)
  const loaded = await loadFrom(cache, source, options).catch(textOf)
  if (typeof loaded === 'string') await source.close()
  return loaded
}

async function loadFrom(
  cache: StoredCache,
  source: CheckpointSource,
  options: LoadCheckpointOptions,
): Promise<LoadedCheckpoint | string> {
  const { domain, live, reader } = options
  const directory = await readDirectory(cache)
  if (directory === undefined) return 'it is of a layout that cannot be read here'
  if (directory.domain !== domainText(domain, live.types.values())) return 'it is of another domain'
  const stats = await reader.stats()
  if (directory.txids.asOf > stats.lastSeq) return 'it knows of commits that the log does not hold'
  for (const saved of directory.types) await loadType(source, saved, options)
  await loadTxids(source, { section: directory.txids, stats }, options)
  live.lastSeq = directory.txids.asOf
  live.versions = directory.versions
  return { upTo: live.lastSeq, versions: live.versions, source }
}

async function loadType(
  source: CheckpointSource,
  saved: Directory['types'][number],
  options: LoadCheckpointOptions,
): Promise<void> {
  const { live, txids } = options
  const type = live.type(saved.name)
  type.rows.load(new ImageReader(await source.section(saved.rows)))
  live.asOf.set(type.rows, saved.rows.asOf)
  for (const [at, index] of type.indexes.entries()) {
    const section = saved.indexes[at]
    const dropped = saved.dropped?.[index.name]
    if (dropped !== undefined && txids !== undefined) {
      // Who writes has it built again where there is room; who only reads builds nothing later.
      type.kept.drop(index, dropped)
      continue
    }
    if (section === null || section === undefined || index.image === undefined) {
      await build(index, type, live)
      live.asOf.set(index, saved.rows.asOf)
    } else {
      index.image.load(await source.section(section))
      live.asOf.set(index, section.asOf)
    }
  }
  await loadCustom(source, saved, options)
}

/** Those of the domain's own: what fits is loaded, and is asked at once; all others are built behind the opening. */
async function loadCustom(
  source: CheckpointSource,
  saved: Directory['types'][number],
  { live, txids }: LoadCheckpointOptions,
): Promise<void> {
  const { kept } = live.type(saved.name)
  for (const rebuilding of kept.rebuilding) {
    const { index } = rebuilding
    const dropped = saved.dropped?.[index.name]
    const section = saved.custom?.[index.name]
    if (dropped !== undefined && txids !== undefined) kept.drop(index, dropped)
    else if (section !== undefined && section.format === index.image?.format) {
      const from = await source.section(section)
      try {
        index.image.load(from)
        live.asOf.set(index, section.asOf)
        kept.trust(rebuilding)
      } catch {
        index.clear()
      }
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
  source: CheckpointSource,
  { section, stats }: { readonly section: Directory['txids']; readonly stats: LogStats },
  { reader, txids }: LoadCheckpointOptions,
): Promise<void> {
  if (txids === undefined) return
  const covered = (await reader.loadBase())?.upTo ?? 0
  const { firstSeq, lastSeq } = stats
  const from = Math.max(firstSeq, lastSeq - limits.txidWindow + 1)
  // Which of the commits before a hole are left, only the log knows.
  await recallTxids(reader, Math.min(covered, firstSeq - 1), txids)
  const image = new ImageReader(await source.section(section))
  const pieces = image.pieces()
  txids.unpack(
    () => pieces.take(0, jsonOf),
    (seq) => seq > covered || seq >= from,
  )
  image.later(settling(txids, pieces.at(0)))
}

function* settling(txids: TxidWindow, at: number): Generator<number> {
  yield at
  txids.settle()
}

/** Reads some rows from the log: each must stand where it is said to. In words what does not. */
export async function sample({
  live,
  random,
}: Pick<LoadCheckpointOptions, 'live' | 'random'>): Promise<string | undefined> {
  const types = [...live.types.values()].filter(({ rows }) => rows.size > 0)
  const dice = Buffer.from(random.bytes(sampledRows * 2))
  const requests: BodyRequest[] = []
  for (let at = 0; at < sampledRows && types.length > 0; at++) {
    const type = within(types, at % types.length)
    const slot = type.rows.slotNear(dice.readUInt16BE(at * 2) / 65_536)
    if (slot !== undefined) requests.push(live.request(type, slot))
  }
  const found = await live.bodies.load(requests)
  const missing = requests.find((_, at) => found[at] === undefined)
  return missing && `${missing.type} ${missing.id} is not where it says`
}
