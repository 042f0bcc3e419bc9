import type { BaseChunk, MaintenanceOptions, Ptr, Seq, StoredBase } from '@stateward/contract'
import type { Broken } from './broken.ts'
import { PlainHandle } from './plain-handle.ts'

export const brokenBases: readonly Broken[] = [
  {
    breaks: 'takes a base in as it comes',
    caught: 'a base whose rows fail half-way leaves the former one',
    Handle: class extends PlainHandle {
      override async saveBase(upTo: Seq, chunks: AsyncIterable<BaseChunk>): Promise<readonly Ptr[]> {
        const saved: Ptr[] = []
        const rows: { seq: Seq; ptr: Ptr }[] = []
        this.log.base = { upTo, rows }
        for await (const { records, seqs } of chunks) {
          for (const record of records) saved.push(this.log.put(record))
          rows.push(...seqs.map((seq, at) => ({ seq, ptr: saved[saved.length - seqs.length + at] ?? 0 })))
        }
        return saved
      }
    },
  },
  {
    breaks: 'saves the rows that it has when a base is aborted',
    caught: 'a base that is aborted leaves the former one',
    Handle: class extends PlainHandle {
      override async saveBase(
        upTo: Seq,
        chunks: AsyncIterable<BaseChunk>,
        options?: MaintenanceOptions,
      ): Promise<readonly Ptr[]> {
        return super.saveBase(
          upTo,
          until(chunks, () => options?.signal?.aborted === true),
        )
      }
    },
  },
  {
    breaks: 'saves the rows that it has when it is closed',
    caught: 'a base under way when its writer is closed settles, and is there whole or not at all',
    Handle: class extends PlainHandle {
      override async saveBase(upTo: Seq, chunks: AsyncIterable<BaseChunk>): Promise<readonly Ptr[]> {
        return super.saveBase(
          upTo,
          until(chunks, () => this.closed),
        )
      }

      override checkSaving(): void {
        this.checkNewest()
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
        options?: MaintenanceOptions,
      ): Promise<readonly Ptr[]> {
        const former = this.log.base
        this.log.base = { upTo, rows: [] }
        return super.saveBase(upTo, chunks, options).catch((error) => {
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
        options?: MaintenanceOptions,
      ): Promise<readonly Ptr[]> {
        const ptrs = await super.saveBase(0, chunks, options)
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
        options?: MaintenanceOptions,
      ): Promise<readonly Ptr[]> {
        const given: Uint8Array[] = []
        const watched = async function* () {
          for await (const chunk of chunks) {
            given.push(...chunk.records)
            yield chunk
          }
        }
        const ptrs = await super.saveBase(upTo, watched(), options)
        ptrs.forEach((ptr, at) => {
          this.log.cells[ptr] = given[at]
        })
        return ptrs
      }
    },
  },
]

async function* until<T>(items: AsyncIterable<T>, isOver: () => boolean): AsyncGenerator<T> {
  for await (const item of items) {
    if (isOver()) return
    yield item
  }
}
