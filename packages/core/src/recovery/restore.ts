import { type Domain, hasCode, type LogReader, type Notify, type Random, type StoreEvent } from '@stateward/contract'
import { DamagedImage, isDamagedImage } from '@stateward/index'
import { TxidWindow } from '../deciding/txid-window.ts'
import type { Live } from '../state/live.ts'
import { Whole } from '../state/whole.ts'
import { textOf } from '../validation/storage-error.ts'
import { checkpointName } from './checkpoint-file.ts'
import type { CheckpointSource } from './checkpoint-source.ts'
import { loadCheckpoint, sample } from './load-checkpoint.ts'
import { replay } from './replay.ts'

export interface RestoreOptions {
  readonly reader: LogReader
  readonly domain: Domain
  /** Makes an empty state; `instead` of one, if it is to take its place. */
  readonly fresh: (instead?: Live) => Live
  readonly random: Random
  /** Whether anybody will write, and needs to know which txids there were. */
  readonly remembersTxids: boolean
  /** Lets other work have its turn; called after each little piece of a checkpoint. */
  readonly breathe: () => Promise<void>
  readonly tell?: Notify<StoreEvent>
}

export interface Restored {
  /** Not whole yet, where it comes from a checkpoint. */
  readonly live: Live
  readonly txids: TxidWindow
  /** Versions that were in the log as of the checkpoint that was of use; `undefined` where there was none. */
  readonly checkpoint: number | undefined
}

/** Builds the state from the checkpoint and the commits behind it, or, where there is none that is of use, from the log. */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { reader, fresh, remembersTxids, breathe } = options
  const live = fresh()
  const txids = new TxidWindow()
  const known = remembersTxids ? txids : undefined
  const loaded = await loadCheckpoint({ ...options, live, txids: known })
  if (loaded !== undefined && typeof loaded !== 'string') {
    const { versions, source } = loaded
    try {
      await replay(reader, live, { isBegun: true, txids: known, breathe })
      live.whole = new Whole(
        () => fill(options, { live, txids, source }),
        () => source.close(),
      )
      return { live, txids, checkpoint: versions }
    } catch (error) {
      await source.close()
      if (!isDamagedImage(error)) throw error
      ignored(options, error)
    }
  } else if (loaded !== undefined) ignored(options, loaded)
  txids.clear()
  const again = loaded === undefined ? live : fresh()
  await replay(reader, again, { txids: known, breathe })
  return { live: again, txids, checkpoint: undefined }
}

interface Begun {
  readonly live: Live
  readonly txids: TxidWindow
  readonly source: CheckpointSource
}

/** Reads the rest of the checkpoint. Where that turns out to be of no use, the log instead: nothing was written meanwhile. */
async function fill(options: RestoreOptions, { live, txids, source }: Begun): Promise<void> {
  const { breathe, fresh, reader, random, remembersTxids } = options
  try {
    await source.readRest(breathe)
    const unlike = await sample({ live, random }).catch(whyMisplaced)
    if (unlike !== undefined) throw new DamagedImage(unlike)
  } catch (error) {
    if (!isDamagedImage(error)) throw error
    // The log may not read either; then this is tried again, and there is nothing left that could be read of the checkpoint.
    source.giveUp(error)
    ignored(options, error)
    txids.clear()
    const again = fresh(live)
    await replay(reader, again, { txids: remembersTxids ? txids : undefined, breathe })
    live.become(again)
  } finally {
    await source.close()
  }
}

/** Of a line that does not read the checkpoint is innocent: whoever needs that line will hear of it. */
function whyMisplaced(error: unknown): string | undefined {
  return hasCode(error, 'CORRUPT') && error.details.damage === undefined ? error.message : undefined
}

function ignored({ tell }: RestoreOptions, why: unknown): void {
  tell?.({ kind: 'cacheIgnored', cache: checkpointName, reason: textOf(why) })
}
