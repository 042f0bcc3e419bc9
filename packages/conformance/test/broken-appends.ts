import { type Appended, type AppendOptions, hasCode, StatewardError } from '@stateward/contract'
import type { Broken } from './broken.ts'
import { PlainHandle } from './plain-handle.ts'
import { likeFiles } from './plain-storage.ts'

export const brokenAppends: readonly Broken[] = [
  {
    breaks: 'acknowledges an append that it never made',
    caught: 'commits are numbered 1, 2, 3 … without gaps, in the order of the records',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        if (options.expectedSeq !== 3) return super.land(records, options)
        return { lastSeq: 3 + records.length, ptrs: records.map((_, at) => at) }
      }
    },
  },
  {
    breaks: 'turns a batch round',
    caught: 'read gives commits with seq ≥ from, whatever batches they were appended in',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        return super.land([...records].reverse(), options)
      }
    },
  },
  {
    breaks: 'gives the pointer of the record before',
    caught: 'fetch gives records in the order asked, as often as asked',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        const { lastSeq, ptrs } = super.land(records, options)
        return { lastSeq, ptrs: ptrs.map((ptr) => Math.max(ptr - 1, 0)) }
      }
    },
  },
  {
    breaks: 'ignores expectedSeq',
    caught: 'an append that expects another tail is CONFLICT, and nothing of it lands',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        return super.land(records, { ...options, expectedSeq: this.log.commits.length })
      }
    },
  },
  {
    breaks: 'appends before it refuses',
    caught: 'an append that expects another tail is CONFLICT, and nothing of it lands',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        const tail = this.log.commits.length
        const appended = super.land(records, { ...options, expectedSeq: tail })
        if (options.expectedSeq !== tail) this.conflict('too late')
        return appended
      }
    },
  },
  {
    breaks: 'lets an append land that was called after one that failed',
    caught: 'an append that fails fails all that were called after it, and the log goes on from its tail',
    Handle: class extends PlainHandle {
      override async append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
        this.last = Promise.resolve()
        return super.append(records, options)
      }
    },
  },
  {
    breaks: 'lets the last of racing appends win as well',
    caught: 'of many appends on one tail exactly one wins',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        const tail = this.log.commits.length
        return super.land(records, options.expectedSeq === 0 ? { ...options, expectedSeq: tail } : options)
      }

      override conflict(): never {
        throw new StatewardError('CONFLICT', 'not first')
      }
    },
  },
  {
    breaks: 'lets short appends overtake long ones',
    caught: 'appends take effect in the order of the calls, settled or not',
    Handle: class extends PlainHandle {
      override async append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
        for (let turn = 0; turn < records.length; turn++) await undefined
        const appended = super.append(records, { ...options, expectedSeq: this.log.commits.length })
        return { ...(await appended), lastSeq: options.expectedSeq + records.length }
      }
    },
  },
  {
    breaks: 'writes what fits of a batch that is too large',
    caught: 'more than maxBatchBytes at once is TOO_LARGE and leaves the log as it was',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        try {
          return super.land(records, options)
        } catch (error) {
          if (hasCode(error, 'TOO_LARGE')) super.land(records.slice(0, 1), options)
          throw error
        }
      }
    },
  },
  {
    breaks: 'cuts a long record',
    caught: 'a record of maxRecordBytes fits, one byte more is TOO_LARGE and leaves the log as it was',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        return super.land(
          records.map((record) => record.subarray(0, 100_000)),
          options,
        )
      }
    },
  },
  {
    breaks: 'takes one record less than it says',
    caught: 'maxBatchRecords fit at once, one more is TOO_LARGE and leaves the log as it was',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        if (records.length === this.caps.maxBatchRecords) throw new StatewardError('TOO_LARGE', 'one too many')
        return super.land(records, options)
      }
    },
  },
  {
    breaks: 'lowers a level that it does not have',
    caught: 'a level of durability on offer is taken, and one that is absent is refused, never lowered',
    caps: likeFiles,
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        return super.land(records, { ...options, durability: 'commit' })
      }
    },
  },
  {
    breaks: 'takes a barrier as done whatever the tail',
    caught: 'an append of no records is a barrier: it answers the tail and writes nothing',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        return records.length === 0 ? { lastSeq: options.expectedSeq, ptrs: [] } : super.land(records, options)
      }
    },
  },
  {
    breaks: 'answers a barrier before the appends that were called before it',
    caught: 'a barrier settles after every append that was called before it',
    Handle: class extends PlainHandle {
      override async append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
        if (records.length === 0 && options.expectedSeq > 0) return { lastSeq: options.expectedSeq, ptrs: [] }
        return super.append(records, options)
      }
    },
  },
  {
    breaks: 'writes a repeated append again',
    caught: 'an append that is repeated is never in the log twice',
    Handle: class extends PlainHandle {
      readonly seen: Set<string> = new Set()
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        const again = this.seen.has(options.commitId)
        this.seen.add(options.commitId)
        if (!again) return super.land(records, options)
        const lastSeq = options.expectedSeq + records.length
        const commitId = `${options.commitId} again`
        const { ptrs } = super.land(records, { ...options, commitId, expectedSeq: this.log.commits.length })
        return { lastSeq, ptrs }
      }
    },
  },
  {
    breaks: 'knows a repeated append by its expectedSeq alone',
    caught: 'another commitId on a tail that is taken is CONFLICT',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        return super.land(records, { ...options, commitId: 'any' })
      }
    },
  },
  {
    breaks: 'keeps the buffer of the caller',
    caught: 'an acknowledged record does not change with the buffer that it was given in',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        const appended = super.land(records, options)
        appended.ptrs.forEach((ptr, at) => {
          this.log.cells[ptr] = records[at]
        })
        return appended
      }
    },
  },
  {
    breaks: 'fences nobody',
    caught: 'a second writer fences the first (cas), or is LOCKED and does not disturb it (lock)',
    Handle: class extends PlainHandle {
      override checkNewest(): void {}
    },
  },
  {
    breaks: 'fences appends and forgets bases',
    caught: 'a writer that has lost the log can prove, save and truncate nothing',
    Handle: class extends PlainHandle {
      override checkSaving(): void {
        this.checkOpen()
      }
    },
  },
  {
    breaks: 'denies an append that has landed, since its writer is fenced',
    caught: 'a repeated append of a fenced writer is not denied when it has landed',
    Handle: class extends PlainHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        this.checkNewest()
        return super.land(records, options)
      }
    },
  },
]
