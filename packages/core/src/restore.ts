import type { Domain, LogReader, Notify, Random, Seq, StoreEvent } from '@stateward/contract'
import { checkpointName } from './checkpoint-file.ts'
import type { Live } from './live.ts'
import { loadCheckpoint } from './load-checkpoint.ts'
import { replay } from './replay.ts'
import { TxidWindow } from './txid-window.ts'

export interface RestoreOptions {
  readonly reader: LogReader
  readonly domain: Domain
  /** Makes an empty state. */
  readonly fresh: () => Live
  readonly random: Random
  /** Whether anybody will write, and needs to know which txids there were. */
  readonly remembersTxids: boolean
  readonly tell?: Notify<StoreEvent>
}

export interface Restored {
  readonly live: Live
  readonly txids: TxidWindow
  /** The commit up to which a checkpoint was of use; `undefined` where there was none. */
  readonly checkpoint: Seq | undefined
}

/** Builds the state from the checkpoint and the commits behind it, or, where there is none that is of use, from the log. */
export async function restore({ fresh, tell, remembersTxids, ...options }: RestoreOptions): Promise<Restored> {
  const { reader } = options
  let state = { live: fresh(), txids: new TxidWindow() }
  const outcome = await loadCheckpoint({
    ...options,
    live: state.live,
    txids: remembersTxids ? state.txids : undefined,
  })
  if (typeof outcome === 'string') {
    tell?.({ kind: 'cacheIgnored', cache: checkpointName, reason: outcome })
    state = { live: fresh(), txids: new TxidWindow() }
  }
  const checkpoint = typeof outcome === 'number' ? outcome : undefined
  await replay(reader, state.live, {
    isBegun: checkpoint !== undefined,
    txids: remembersTxids ? state.txids : undefined,
  })
  return { ...state, checkpoint }
}
