import { bounds } from '../environment/bounds.ts'
import { isFull } from '../environment/failure.ts'
import type { ActiveSegment } from './active-segment.ts'

/**
 * `written`: all of it. `full`: no room, and the file is as it was before, for good. `failed`: nobody knows what is in
 * the file behind the last good byte.
 */
export type WriteOutcome = { readonly kind: 'written' } | { readonly kind: 'full' | 'failed'; readonly cause: unknown }

const written: WriteOutcome = { kind: 'written' }

/**
 * Writes bytes at the end of the active segment. A small batch goes to the system's memory without a trip to the thread
 * pool, which takes a fifth off the time of a lone durable commit; then the answer is no promise either.
 */
export function writeBatch(active: ActiveSegment, bytes: Uint8Array): WriteOutcome | Promise<WriteOutcome> {
  if (bytes.length === 0) return written
  if (bytes.length > bounds.directWriteBytes) return writeOn(active, bytes, 0)
  let done: number
  try {
    done = active.file.writeSync(bytes, active.bytes)
  } catch (error) {
    return cut(active, error)
  }
  if (done < bytes.length) return writeOn(active, bytes, done)
  active.grow(bytes)
  return written
}

/** A full disk takes a part first, without an error; the next call says why. */
async function writeOn(active: ActiveSegment, bytes: Uint8Array, from: number): Promise<WriteOutcome> {
  try {
    for (let done = from; done < bytes.length; ) {
      const count = await active.file.write(bytes.subarray(done), active.bytes + done)
      if (count === 0) throw Object.assign(new Error('the disk takes no more bytes'), { code: 'ENOSPC' })
      done += count
    }
  } catch (error) {
    return cut(active, error)
  }
  active.grow(bytes)
  return written
}

/** Takes a begun line off the file again, so that nothing is ever glued to it. */
async function cut(active: ActiveSegment, cause: unknown): Promise<WriteOutcome> {
  if (!isFull(cause)) return { kind: 'failed', cause }
  try {
    await active.file.truncate(active.bytes)
    await active.file.datasync()
    return { kind: 'full', cause }
  } catch (error) {
    return { kind: 'failed', cause: error }
  }
}
