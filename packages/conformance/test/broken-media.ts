import { type LogBatch, type OpenedWriter, type Ptr, type Seq, StatewardError, type Storage } from '@stateward/contract'
import type { OpenedStorage } from '../src/storage/trial.ts'
import type { Broken } from './broken.ts'
import { PlainHandle, PlainLog } from './plain-handle.ts'
import { likeDatabase, likeFiles, opened, plainStorage } from './plain-storage.ts'

export const brokenMedia: readonly Broken[] = [
  {
    breaks: 'truncates without a base',
    caught: 'truncate without a base that covers it changes nothing',
    Handle: class extends PlainHandle {
      override async truncate(upTo: Seq): Promise<void> {
        this.checkSaving()
        for (const { ptr } of this.log.commits.slice(0, upTo)) this.log.cells[ptr] = undefined
        this.log.firstSeq = upTo + 1
      }
    },
  },
  {
    breaks: 'leaves out in silence what has been truncated',
    caught: 'after truncate, read gives what is from firstSeq on, and is TRIMMED below',
    Handle: class extends PlainHandle {
      override async *commits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
        yield* super.commits(Math.max(from, this.log.firstSeq), tail)
      }
    },
  },
  {
    breaks: 'truncates one commit too many',
    caught: 'after truncate, read gives what is from firstSeq on, and is TRIMMED below',
    Handle: class extends PlainHandle {
      override async truncate(upTo: Seq): Promise<void> {
        await super.truncate(upTo)
        if (this.log.firstSeq > 1) this.log.firstSeq += 1
      }
    },
  },
  {
    breaks: 'gives the next record for a pointer that has died',
    caught: 'after truncate, pointers behind it and those of the base hold, and no other gives wrong bytes',
    Handle: class extends PlainHandle {
      override fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
        return super.fetchSync(ptrs).map((record) => record ?? this.log.cells.find((cell) => cell !== undefined))
      }
    },
  },
  {
    breaks: 'leaves dead pointers out of the answer',
    caught: 'after truncate, pointers behind it and those of the base hold, and no other gives wrong bytes',
    Handle: class extends PlainHandle {
      override fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
        return super.fetchSync(ptrs).filter((record) => record !== undefined)
      }
    },
  },
  {
    breaks: 'counts from 1 again when everything has been truncated',
    caught: 'seqs go on after truncate, even when every commit has gone',
    Handle: class extends PlainHandle {
      override async truncate(upTo: Seq): Promise<void> {
        await super.truncate(upTo)
        if (this.log.firstSeq <= this.log.commits.length) return
        this.log.commits.length = 0
        this.log.firstSeq = 1
      }
    },
  },
  {
    breaks: 'lets go of its base together with the former one',
    caught: 'a log may be based and truncated again and again',
    Handle: class extends PlainHandle {
      rounds = 0
      override async truncate(upTo: Seq): Promise<void> {
        await super.truncate(upTo)
        this.rounds += 1
        if (this.rounds === 2) for (const { ptr } of this.log.base?.rows ?? []) this.log.cells[ptr] = undefined
      }
    },
  },
  {
    breaks: 'gives every writer the same epoch',
    caught: 'the epoch grows with each openWriter',
    open: () => openedWith(likeDatabase, async (log, open) => open().finally(() => (log.epoch = 0))),
  },
  {
    breaks: 'lets two writers in at once',
    caught: 'a second writer fences the first (cas), or is LOCKED and does not disturb it (lock)',
    open: () =>
      openedWith(likeFiles, async (log, open) => {
        log.holder = undefined
        return open()
      }),
  },
  {
    breaks: 'does not say who holds the lock',
    caught: 'a second writer fences the first (cas), or is LOCKED and does not disturb it (lock)',
    open: () =>
      openedWith(likeFiles, (_, open) =>
        open().catch(() => {
          throw new StatewardError('LOCKED', 'locked')
        }),
      ),
  },
  {
    breaks: 'lets every racer win',
    caught: 'of writers that race for one tail exactly one wins',
    Handle: class extends PlainHandle {
      override land(...[records, options]: Parameters<PlainHandle['land']>): ReturnType<PlainHandle['land']> {
        const appended = super.land(records, { ...options, expectedSeq: this.log.commits.length })
        return { ...appended, lastSeq: options.expectedSeq + records.length }
      }

      override checkNewest(): void {}
    },
  },
  {
    breaks: 'cannot be read before it was written to',
    caught: 'a reader takes no lock and sees what is there',
    open: () => {
      const log = new PlainLog()
      const right = plainStorage(likeDatabase, PlainHandle, log)
      const refusing: Storage = {
        ...right,
        async openReader() {
          if (log.holder === undefined) throw new StatewardError('NOT_FOUND', 'no log')
          return right.openReader()
        },
      }
      return opened(refusing)
    },
  },
  {
    breaks: 'loses the last commit when another takes over',
    caught: 'writers that take over from one another lose nothing, repeat nothing and invent nothing',
    open: () =>
      openedWith(likeDatabase, async (log, open) => {
        if (log.commits.length > 10) log.commits.pop()
        return open()
      }),
  },
  {
    breaks: 'calls every log new',
    caught: 'openWriter says what it found: a new log, a closed one, its last seq',
    open: () => openedWith(likeDatabase, async (_, open) => withRecovery(await open(), { created: true })),
  },
  {
    breaks: 'loses the last commit when it is opened again',
    caught: 'what was acknowledged is there when the medium is opened again, and nothing else',
    open: () => openedAgain((log) => log.commits.pop()),
  },
  {
    breaks: 'begins with epoch 1 when it is opened again',
    caught: 'epochs go on growing when the medium is opened again',
    open: () => openedAgain((log) => (log.epoch = 0)),
  },
  {
    breaks: 'forgets its base when it is opened again',
    caught: 'bases and what truncate let go of are as they were when the medium is opened again',
    open: () => openedAgain((log) => (log.base = undefined)),
  },
  {
    breaks: 'shows a twin only what was there when it was opened',
    caught: 'a twin sees what was acknowledged while the writer is at work',
    hangs: true,
    open: () => {
      const log = new PlainLog()
      const copy = new PlainLog()
      const storage = plainStorage(likeDatabase, PlainHandle, log)
      return {
        storage,
        async twin() {
          copy.commits.push(...log.commits)
          copy.cells.push(...log.cells)
          return plainStorage(likeDatabase, PlainHandle, copy)
        },
      }
    },
  },
  {
    breaks: 'refuses in words of its own',
    caught: 'an append that expects another tail is CONFLICT, and nothing of it lands',
    Handle: class extends PlainHandle {
      override conflict(): never {
        throw new Error('version mismatch')
      }
    },
  },
  {
    breaks: 'loses a commit in some histories only',
    caught: 'a random history equals an array of its commits (seed 1)',
    Handle: class extends PlainHandle {
      override async *commits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
        for await (const batch of super.commits(from, tail)) {
          yield batch.firstSeq === 100 ? { ...batch, records: [] } : batch
        }
      }
    },
  },
]

/** A storage whose `openWriter` is done in another way. */
function openedWith(
  caps: typeof likeDatabase,
  openWriter: (log: PlainLog, open: () => Promise<OpenedWriter>) => Promise<OpenedWriter>,
): OpenedStorage {
  const log = new PlainLog()
  const right = plainStorage(caps, PlainHandle, log)
  return opened({ ...right, openWriter: (owner) => openWriter(log, () => right.openWriter(owner)) })
}

/** A medium to which something happens between two processes. */
function openedAgain(happens: (log: PlainLog) => unknown): OpenedStorage {
  const log = new PlainLog()
  const storage = plainStorage(likeDatabase, PlainHandle, log)
  return {
    storage,
    async reopen() {
      happens(log)
      return storage
    },
  }
}

function withRecovery({ recovery, writer }: OpenedWriter, found: Partial<OpenedWriter['recovery']>): OpenedWriter {
  return { writer, recovery: { ...recovery, ...found } }
}
