import type { LogBatch, Seq } from '@stateward/contract'
import type { Broken } from './broken.ts'
import { PlainHandle } from './plain-handle.ts'

export const brokenFollows: readonly Broken[] = [
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
]
