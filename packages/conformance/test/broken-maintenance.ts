import type { BaseChunk, MaintenanceOptions, Ptr, Seq, TruncateOptions } from '@stateward/contract'
import type { Broken } from './broken.ts'
import { PlainHandle } from './plain-handle.ts'

export const brokenMaintenance: readonly Broken[] = [
  {
    breaks: 'never breathes',
    caught: 'a base breathes between portions of the work, and does nothing meanwhile',
    Handle: class extends PlainHandle {
      override async saveBase(
        upTo: Seq,
        chunks: AsyncIterable<BaseChunk>,
        { breathe: _, ...options }: MaintenanceOptions = {},
      ): Promise<readonly Ptr[]> {
        return super.saveBase(upTo, chunks, options)
      }
    },
  },
  {
    breaks: 'does not wait for its breath',
    caught: 'a base breathes between portions of the work, and does nothing meanwhile',
    Handle: class extends PlainHandle {
      override async saveBase(
        upTo: Seq,
        chunks: AsyncIterable<BaseChunk>,
        { breathe, ...options }: MaintenanceOptions = {},
      ): Promise<readonly Ptr[]> {
        return super.saveBase(upTo, chunks, { ...options, breathe: async () => void breathe?.() })
      }
    },
  },
  {
    breaks: 'looks at the signal of a base when it is done',
    caught: 'a base that is aborted while it breathes ends there',
    Handle: class extends PlainHandle {
      override async saveBase(
        upTo: Seq,
        chunks: AsyncIterable<BaseChunk>,
        { signal, ...options }: MaintenanceOptions = {},
      ): Promise<readonly Ptr[]> {
        const former = this.log.base
        const ptrs = await super.saveBase(upTo, chunks, options)
        if (signal?.aborted) this.log.base = former
        this.checkSaving(signal)
        return ptrs
      }
    },
  },
  {
    breaks: 'keeps the half of a truncation that was aborted',
    caught: 'a truncation that is aborted is ABORTED and has not been, or it has been whole',
    Handle: class extends PlainHandle {
      override async truncate(upTo: Seq, { signal }: TruncateOptions = {}): Promise<void> {
        await super.truncate(upTo)
        this.checkSaving(signal)
      }
    },
  },
]
