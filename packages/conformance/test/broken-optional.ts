import type { Appended, AppendOptions, LogBatch, Ptr, ScrubOptions, ScrubPortion, Seq } from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import type { Broken } from './broken.ts'
import { CompleteHandle } from './complete-handle.ts'
import { likeFiles } from './plain-storage.ts'

const sound = 'a scrub reads each complete part once, finds nothing and changes nothing'
const resumed = 'a scrub goes on behind any portion of a former one, and comes to the same parts'
const ended = 'a scrub is ABORTED by its signal, and CLOSED by its writer'
const quiet = 'a writer that has retired writes nothing any more, and reads as before'

/** Storages that break what they need not have. */
export const brokenOptional: readonly Broken[] = [
  {
    breaks: 'goes on writing when it has retired',
    caught: quiet,
    Handle: class extends CompleteHandle {
      override checkWrites(): void {}
    },
  },
  {
    breaks: 'reads no more when it has retired',
    caught: quiet,
    Handle: class extends CompleteHandle {
      override checkOpen(): void {
        super.checkOpen()
        if (this.retired) throw new StatewardError('CLOSED', 'retired')
      }
    },
  },
  {
    breaks: 'forgets what waits when it retires',
    caught: 'what was appended before a writer retires settles, and what it answers is true',
    hangs: true,
    Handle: class extends CompleteHandle {
      override land(records: readonly Uint8Array[], options: AppendOptions): Appended {
        this.checkWrites()
        return super.land(records, options)
      }

      override async append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
        return super.append(records, options).catch((error) => {
          if (this.retired) return new Promise(() => undefined)
          throw error
        })
      }
    },
  },
  {
    breaks: 'says CLOSED for what lands while it retires',
    caught: 'what was appended before a writer retires settles, and what it answers is true',
    Handle: class extends CompleteHandle {
      override async append(...given: Parameters<CompleteHandle['append']>): Promise<Appended> {
        const appended = await super.append(...given)
        this.checkWrites()
        return appended
      }
    },
  },
  {
    breaks: 'keeps the right to write when it has retired',
    caught: 'beside a writer that has retired the next one writes, and both are read',
    caps: likeFiles,
    Handle: class extends CompleteHandle {
      override get holds(): boolean {
        return !this.closed
      }

      override checkWrites(): void {
        if (this.retired) throw new StatewardError('CLOSED', 'retired')
      }
    },
  },
  {
    breaks: 'lets the pointers of a retired writer die',
    caught: 'beside a writer that has retired the next one writes, and both are read',
    Handle: class extends CompleteHandle {
      override fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
        return this.retired && this.log.holder !== this ? ptrs.map(() => undefined) : super.fetchSync(ptrs)
      }
    },
  },
  {
    breaks: 'gives with readKept what comes behind the call',
    caught: 'where nothing was let go of, readKept gives what read gives, up to the tail at the call',
    Handle: class extends CompleteHandle {
      override keptCommits(from: Seq): AsyncGenerator<LogBatch> {
        return super.keptCommits(from + 1, this.log.commits.length)
      }
    },
  },
  {
    breaks: 'stops readKept at what is not there',
    caught: 'after truncate readKept gives what is still there, in order, and is never TRIMMED',
    Handle: class extends CompleteHandle {
      override async *keptCommits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
        yield* this.commits(from, tail)
      }
    },
  },
  {
    breaks: 'reads what is kept when it is closed',
    caught: 'readKept is CLOSED after close',
    Handle: class extends CompleteHandle {
      override async *keptCommits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
        for (let seq = from; seq <= tail; seq++) yield* this.commit(seq)
      }
    },
  },
  {
    breaks: 'calls a sound log damaged',
    caught: sound,
    Handle: class extends CompleteHandle {
      override portion(cell: number): ScrubPortion {
        const damage = [{ file: 'part 1', line: 1, byte: 0, reason: 'none' }]
        return { ...super.portion(cell), ...(cell === 9 ? { damage } : {}) }
      }
    },
  },
  {
    breaks: 'scrubs its parts twice in a pass',
    caught: sound,
    Handle: class extends CompleteHandle {
      override async *portions(options: ScrubOptions): AsyncGenerator<ScrubPortion> {
        yield* super.portions(options)
        yield* super.portions(options)
      }
    },
  },
  {
    breaks: 'reads nothing and calls it scrubbed',
    caught: sound,
    Handle: class extends CompleteHandle {
      override portion(cell: number): ScrubPortion {
        return { ...super.portion(cell), bytes: 0 }
      }
    },
  },
  {
    breaks: 'begins a scrub anew wherever it was',
    caught: resumed,
    Handle: class extends CompleteHandle {
      override portions({ from: _, ...options }: ScrubOptions): AsyncGenerator<ScrubPortion> {
        return super.portions(options)
      }
    },
  },
  {
    breaks: 'leaves a part out where a scrub goes on',
    caught: resumed,
    Handle: class extends CompleteHandle {
      override portion(cell: number): ScrubPortion {
        return { ...super.portion(cell), next: { at: cell + 17 } }
      }
    },
  },
  {
    breaks: 'calls damaged what was truncated under a scrub',
    caught: 'nothing is damage that a store does while it is scrubbed',
    Handle: class extends CompleteHandle {
      override portion(cell: number): ScrubPortion {
        const portion = super.portion(cell)
        if (this.log.cells[cell] !== undefined) return portion
        return { ...portion, damage: [{ file: portion.file, line: 1, byte: 0, reason: 'it is not there' }] }
      }
    },
  },
  {
    breaks: 'goes on with a scrub that nobody wants',
    caught: ended,
    Handle: class extends CompleteHandle {
      override checkScrubbing(): void {}
    },
  },
  {
    breaks: 'ends an aborted scrub as if it were done',
    caught: ended,
    Handle: class extends CompleteHandle {
      override async *portions(options: ScrubOptions): AsyncGenerator<ScrubPortion> {
        try {
          yield* super.portions(options)
        } catch {}
      }
    },
  },
]
