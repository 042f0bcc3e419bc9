import { type Appended, type AppendOptions, type LogStats, StatewardError } from '@stateward/contract'
import type { Broken } from './broken.ts'
import { PlainHandle } from './plain-handle.ts'
import { likeFiles } from './plain-storage.ts'

export const brokenClosings: readonly Broken[] = [
  {
    breaks: 'forgets the waiting appends at close',
    caught: 'appends under way when their writer is closed settle, and what they answer is true',
    hangs: true,
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        if (this.closed) throw new StatewardError('CLOSED', 'closed')
        return super.land(records, options)
      }

      override async append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
        this.checkOpen()
        return super.append(records, options).catch((error) => (this.closed ? new Promise(() => undefined) : error))
      }
    },
  },
  {
    breaks: 'says CLOSED for an append that lands all the same',
    caught: 'appends under way when their writer is closed settle, and what they answer is true',
    Handle: class extends PlainHandle {
      override async append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
        const appended = await super.append(records, options)
        this.checkOpen()
        return appended
      }
    },
  },
  {
    breaks: 'appends after close',
    caught: 'every method of a closed writer rejects with CLOSED',
    Handle: class extends PlainHandle {
      override async append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
        return this.land(records, options)
      }
    },
  },
  {
    breaks: 'fails when it is closed twice',
    caught: 'close may be called twice, and lets the next writer in',
    Handle: class extends PlainHandle {
      override async close(): Promise<void> {
        this.checkOpen()
        await super.close()
      }
    },
  },
  {
    breaks: 'keeps the lock after close',
    caught: 'close may be called twice, and lets the next writer in',
    caps: likeFiles,
    Handle: class extends PlainHandle {
      override async close(): Promise<void> {
        await super.close()
        this.closed = false
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
]
