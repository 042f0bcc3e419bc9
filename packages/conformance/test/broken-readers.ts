import type { BaseChunk, LogBatch, LogStats, Ptr, Seq, StorageCheck, StoredBase } from '@stateward/contract'
import type { Broken } from './broken.ts'
import { PlainHandle } from './plain-handle.ts'

export const brokenReaders: readonly Broken[] = [
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
    breaks: 'gives pointers in read that mean something else in fetch',
    caught: 'pointers from append, read and follow lead to the same records',
    Handle: class extends PlainHandle {
      override async *commits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
        for await (const batch of super.commits(from, tail)) yield { ...batch, ptrs: batch.ptrs.map((ptr) => ptr + 1) }
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
  {
    breaks: 'skips what is appended between the old and the new',
    caught: 'follow that begins while appends are under way misses none of them',
    Handle: class extends PlainHandle {
      override async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<LogBatch> {
        yield* this.commits(from, this.log.commits.length)
        await undefined
        yield* super.follow(Math.max(from, this.log.commits.length + 1), signal)
      }
    },
  },
  {
    breaks: 'gives the last old commit once more',
    caught: 'follow gives what is there and then what comes, without skipping or repeating',
    Handle: class extends PlainHandle {
      override async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<LogBatch> {
        yield* this.commits(from, this.log.commits.length)
        yield* super.follow(Math.max(from, this.log.commits.length), signal)
      }
    },
  },
  {
    breaks: 'follows from the tail when it is asked to follow from behind it',
    caught: 'follow from behind the tail waits for that commit',
    Handle: class extends PlainHandle {
      override follow(from: Seq, signal: AbortSignal): AsyncGenerator<LogBatch> {
        return super.follow(Math.min(from, this.log.commits.length + 1), signal)
      }
    },
  },
  {
    breaks: 'wakes one of its followers only',
    caught: 'several followers each get everything, however slow one of them is',
    hangs: true,
    Handle: class extends PlainHandle {
      following = 0
      override async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<LogBatch> {
        this.following += 1
        if (this.following === 1) yield* super.follow(from, signal)
        else yield* this.commits(from, this.log.commits.length)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      }
    },
  },
  {
    breaks: 'wakes only the followers of the writer',
    caught: 'a reader follows what a writer appends',
    hangs: true,
    Handle: class extends PlainHandle {
      override async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<LogBatch> {
        if (this.epoch > 0) yield* super.follow(from, signal)
        else yield* this.commits(from, this.log.commits.length)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      }
    },
  },
  {
    breaks: 'does not hear that a follower has been aborted',
    caught: 'follow ends when its signal aborts, at once when it had aborted before',
    hangs: true,
    Handle: class extends PlainHandle {
      override follow(from: Seq): AsyncGenerator<LogBatch> {
        return super.follow(from, new AbortController().signal)
      }
    },
  },
  {
    breaks: 'stops every follower when one goes away',
    caught: 'a follower that goes away disturbs nobody',
    Handle: class extends PlainHandle {
      left = false
      override async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<LogBatch> {
        try {
          for await (const batch of super.follow(from, signal)) {
            if (this.left) return
            yield batch
          }
        } finally {
          this.left = true
        }
      }
    },
  },
  {
    breaks: 'answers after close',
    caught: 'every method of a closed reader rejects with CLOSED',
    Handle: class extends PlainHandle {
      override async stats(): Promise<LogStats> {
        const { closed } = this
        this.closed = false
        return super.stats().finally(() => {
          this.closed = closed
        })
      }
    },
  },
  {
    breaks: 'lets its followers wait for ever when it is closed',
    caught: 'reads and followers settle when their reader is closed',
    hangs: true,
    Handle: class extends PlainHandle {
      override async close(): Promise<void> {
        this.closed = true
        await this.last.catch(() => undefined)
      }
    },
  },
  {
    breaks: 'turns the rows of a base round',
    caught: 'a base comes back row by row, with pointers that lead to its rows',
    Handle: class extends PlainHandle {
      override async *rows(...[rows]: Parameters<PlainHandle['rows']>): StoredBase['chunks'] {
        yield* super.rows([...rows].reverse())
      }
    },
  },
  {
    breaks: 'trims the rows of a base to ASCII',
    caught: 'the rows of a base come back as they were given',
    Handle: class extends PlainHandle {
      override async *rows(...[rows]: Parameters<PlainHandle['rows']>): StoredBase['chunks'] {
        for await (const chunk of super.rows(rows)) {
          yield { ...chunk, records: chunk.records.map((record) => Buffer.from(Buffer.from(record).toString('ascii'))) }
        }
      }
    },
  },
  {
    breaks: 'takes an empty base for none',
    caught: 'a base may be empty, and its chunks of any size',
    Handle: class extends PlainHandle {
      override async loadBase(): Promise<StoredBase | undefined> {
        const base = await super.loadBase()
        return this.log.base?.rows.length === 0 ? undefined : base
      }
    },
  },
  {
    breaks: 'keeps no more rows of a base than a batch has records',
    caught: 'a base may have more rows than a batch may have records',
    Handle: class extends PlainHandle {
      override async *rows(...[rows]: Parameters<PlainHandle['rows']>): StoredBase['chunks'] {
        yield* super.rows(rows.slice(0, this.caps.maxBatchRecords))
      }
    },
  },
  {
    breaks: 'lets pointers die with the former base',
    caught: 'a newer base replaces the former one; the pointers of both hold',
    Handle: class extends PlainHandle {
      override async saveBase(...given: Parameters<PlainHandle['saveBase']>): Promise<readonly Ptr[]> {
        const former = this.log.base
        const ptrs = await super.saveBase(...given)
        for (const { ptr } of former?.rows ?? []) this.log.cells[ptr] = undefined
        return ptrs
      }
    },
  },
  {
    breaks: 'shows a base to readers while it is being saved',
    caught: 'readers see the former base or the new one, and never a part',
    Handle: class extends PlainHandle {
      override async saveBase(
        upTo: Seq,
        chunks: AsyncIterable<BaseChunk>,
        signal?: AbortSignal,
      ): Promise<readonly Ptr[]> {
        const former = this.log.base
        this.log.base = { upTo, rows: [] }
        return super.saveBase(upTo, chunks, signal).catch((error) => {
          this.log.base = former
          throw error
        })
      }
    },
  },
  {
    breaks: 'refuses appends while a base is being saved',
    caught: 'appends go on while a base is being saved',
    Handle: class extends PlainHandle {
      saving = false
      override async saveBase(...given: Parameters<PlainHandle['saveBase']>): Promise<readonly Ptr[]> {
        this.saving = true
        return super.saveBase(...given).finally(() => {
          this.saving = false
        })
      }

      override land(...given: Parameters<PlainHandle['land']>): ReturnType<PlainHandle['land']> {
        return this.saving ? this.conflict('saving') : super.land(...given)
      }
    },
  },
  {
    breaks: 'takes a base of a state that is not there yet',
    caught: 'a base of a state that is not there yet is refused',
    Handle: class extends PlainHandle {
      override async saveBase(
        upTo: Seq,
        chunks: AsyncIterable<BaseChunk>,
        signal?: AbortSignal,
      ): Promise<readonly Ptr[]> {
        const ptrs = await super.saveBase(0, chunks, signal)
        this.log.base = { upTo, rows: this.log.base?.rows ?? [] }
        return ptrs
      }
    },
  },
  {
    breaks: 'keeps the buffers of the rows',
    caught: 'the rows of a saved base do not change with the buffers that they were given in',
    Handle: class extends PlainHandle {
      override async saveBase(
        upTo: Seq,
        chunks: AsyncIterable<BaseChunk>,
        signal?: AbortSignal,
      ): Promise<readonly Ptr[]> {
        const given: Uint8Array[] = []
        const watched = async function* () {
          for await (const chunk of chunks) {
            given.push(...chunk.records)
            yield chunk
          }
        }
        const ptrs = await super.saveBase(upTo, watched(), signal)
        ptrs.forEach((ptr, at) => {
          this.log.cells[ptr] = given[at]
        })
        return ptrs
      }
    },
  },
]
