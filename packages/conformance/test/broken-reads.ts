import type { LogBatch, LogStats, Ptr, Seq, StorageCheck } from '@stateward/contract'
import type { Broken } from './broken.ts'
import { PlainHandle } from './plain-handle.ts'

export const brokenReads: readonly Broken[] = [
  {
    breaks: 'counts from 0',
    caught: 'a fresh log is empty: firstSeq 1, lastSeq 0, no commits, no base',
    Handle: class extends PlainHandle {
      override async stats(): Promise<LogStats> {
        const stats = await super.stats()
        return { ...stats, firstSeq: stats.firstSeq - 1, lastSeq: stats.lastSeq - 1 }
      }
    },
  },
  {
    breaks: 'says that it takes no room',
    caught: 'stats counts bytes and parts',
    Handle: class extends PlainHandle {
      override async stats(): Promise<LogStats> {
        return { ...(await super.stats()), bytes: 0 }
      }
    },
  },
  {
    breaks: 'finds damage in a healthy log',
    caught: 'verify of a healthy log finds every commit and no damage',
    Handle: class extends PlainHandle {
      override async verify(): Promise<StorageCheck> {
        return { ...(await super.verify()), ok: false }
      }
    },
  },
  {
    breaks: 'reads on to a tail that came later',
    caught: 'read goes up to the tail at the call',
    Handle: class extends PlainHandle {
      override read(from: Seq): AsyncIterable<LogBatch> {
        return this.commits(from, Number.POSITIVE_INFINITY)
      }

      override async *commits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
        yield* super.commits(from, Math.min(tail, this.log.commits.length))
      }
    },
  },
  {
    breaks: 'shares one place between all reads',
    caught: 'several reads at once do not disturb one another',
    Handle: class extends PlainHandle {
      at = 0
      override async *commits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
        this.at = from
        while (this.at <= tail) {
          for await (const batch of super.commits(this.at, this.at)) yield batch
          this.at += 1
        }
      }
    },
  },
  {
    breaks: 'reads bytes as Latin-1',
    caught: 'bytes come back as they were given, from read and from fetch',
    Handle: class extends PlainHandle {
      override fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
        return super.fetchSync(ptrs).map((record) => record && Buffer.from(Buffer.from(record).toString('latin1')))
      }
    },
  },
  {
    breaks: 'names its own epoch in every batch',
    caught: 'a batch names the epoch of its writer',
    Handle: class extends PlainHandle {
      override async *commits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
        for await (const batch of super.commits(from, tail)) yield { ...batch, epoch: this.epoch }
      }
    },
  },
  {
    breaks: 'fetches each record once',
    caught: 'fetch gives records in the order asked, as often as asked',
    Handle: class extends PlainHandle {
      override fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
        return super.fetchSync([...new Set(ptrs)])
      }
    },
  },
  {
    breaks: 'reads single commits in the order of the log',
    caught: 'readAt, where it is there, gives the commits of these numbers that read gives',
    Handle: class extends PlainHandle {
      override readAt(seqs: readonly Seq[]): Promise<(Uint8Array | undefined)[]> {
        return super.readAt([...seqs].sort((left, right) => left - right))
      }
    },
  },
  {
    breaks: 'fetches at once in the order of the log',
    caught: 'fetchSync, where it is there, equals fetch',
    Handle: class extends PlainHandle {
      override async fetch(ptrs: readonly Ptr[]): Promise<(Uint8Array | undefined)[]> {
        return super.fetchSync(ptrs)
      }

      override fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
        return super.fetchSync([...ptrs].sort((left, right) => left - right))
      }
    },
  },
  {
    breaks: 'gives a reader pointers that only a writer can use',
    caught: 'pointers of a reader lead to the same records',
    Handle: class extends PlainHandle {
      override async *commits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
        for await (const batch of super.commits(from, tail)) {
          yield this.epoch === 0 ? { ...batch, ptrs: batch.ptrs.map(() => 0) } : batch
        }
      }
    },
  },
  {
    breaks: 'counts pointers from the tail',
    caught: 'pointers stay good while the log grows',
    Handle: class extends PlainHandle {
      override fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
        return super.fetchSync(ptrs.map((ptr) => (this.log.cells.length > 40 ? ptr + 1 : ptr)))
      }
    },
  },
  {
    breaks: 'gives small batches one pointer for all',
    caught: 'no two records have the same pointer',
    Handle: class extends PlainHandle {
      override land(...given: Parameters<PlainHandle['land']>): ReturnType<PlainHandle['land']> {
        const appended = super.land(...given)
        return { ...appended, ptrs: appended.ptrs.map(() => appended.ptrs[0] ?? 0) }
      }
    },
  },
]
