import type { CacheSaved, Domain, WritableCaches } from '@stateward/contract'
import { ImageWriter, jsonBytes } from '@stateward/index'
import type { TxidWindow } from '../deciding/txid-window.ts'
import type { Live, LiveType } from '../state/live.ts'
import {
  checkpointFormat,
  checkpointName,
  type Directory,
  domainText,
  type Section,
  SectionWriter,
} from './checkpoint-file.ts'

export interface CheckpointState {
  readonly domain: Domain
  readonly live: Live
  readonly txids: TxidWindow
}

/**
 * Saves the state as a cache while writes go on. Each table and index is written as it was in one turn, a page at a time while others have
 * theirs (what changes meanwhile is copied), and says up to which commit it knows; who loads them has the later commits taken in
 * by those that do not know them yet. Slots are given out in the order of
 * the log, so that parts of different moments mean the same records by them.
 */
export function saveCheckpoint(
  caches: WritableCaches,
  { domain, live, txids }: CheckpointState,
  { breathe, signal }: { readonly breathe: () => Promise<void>; readonly signal: AbortSignal },
): Promise<CacheSaved> {
  return caches.save(
    checkpointName,
    async (put) => {
      const writer = new SectionWriter(put)
      const { versions } = live
      const types: Directory['types'][number][] = []
      const txidImage = new ImageWriter()
      txidImage.pieces([jsonBytes(txids.pack())])
      const txidSection = await writer.section(txidImage.parts(), live.lastSeq, breathe)
      for (const type of [...live.types.values()]) types.push(await sectionsOf(type, { live, writer, breathe }))
      await writer.end({
        format: checkpointFormat,
        domain: domainText(domain, live.types.values()),
        versions,
        txids: txidSection,
        types,
      })
      return live.lastSeq
    },
    signal,
  )
}

async function sectionsOf(
  type: LiveType,
  { live, writer, breathe }: { live: Live; writer: SectionWriter; breathe: () => Promise<void> },
): Promise<Directory['types'][number]> {
  const image = new ImageWriter()
  type.rows.save(image)
  const rows = await writer.section(image.parts(), live.lastSeq, breathe)
  const indexes: (Section | null)[] = []
  const custom: [name: string, section: Section & { readonly format: string }][] = []
  for (const index of type.kept.all) {
    if (index.isCustom === true) {
      const { image } = index
      const parts = type.indexes.includes(index) && image !== undefined ? [...image.save()] : []
      if (image !== undefined && parts.length > 0)
        custom.push([index.name, { ...(await writer.section(parts, live.lastSeq, breathe)), format: image.format }])
      continue
    }
    // One that is being built again is of no use to the next opening, which builds it from the records.
    const saved = type.indexes.includes(index) ? index.image : undefined
    indexes.push(saved === undefined ? null : await writer.section(saved.save(), live.lastSeq, breathe))
  }
  const dropped = type.kept.dropped.map(({ index, bytes, records }) => [index.name, { bytes, records }] as const)
  const own = custom.length === 0 ? {} : { custom: Object.fromEntries(custom) }
  return { name: type.name, rows, indexes, ...own, ...(dropped.length > 0 && { dropped: Object.fromEntries(dropped) }) }
}
