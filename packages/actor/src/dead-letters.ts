import { ActorError } from './actor-error.ts'
import { limits } from './limits.ts'
import { Ring } from './ring.ts'

/**
 * Why a message was handled by nobody.
 *
 * - `refused`: it found the mailbox full.
 * - `dropped`: it gave way to a newer one (`drop-oldest`).
 * - `stopped`: it came after `stop`.
 * - `closed`: it still waited when the actor stopped or was given up.
 * - `expired`: its deadline passed while it waited.
 * - `failed`: it was told, and its handler threw. Nobody else would hear of it.
 * - `unknown`: it was sent to a name that nobody has.
 */
export type DeadReason = 'refused' | 'dropped' | 'stopped' | 'closed' | 'expired' | 'failed' | 'unknown'

export interface DeadLetter {
  /** The name of the actor it was for. */
  readonly actor: string
  readonly kind: string
  readonly body: unknown
  readonly reason: DeadReason
  /** Milliseconds on the actor's clock. */
  readonly at: number
}

/** Where actors leave the messages that nobody handled; several may share one. */
export interface DeadLetters {
  /** How many there ever were; `list` holds the last of them. */
  readonly total: number
  /** How many there ever were of each reason. */
  counts(): Readonly<Record<DeadReason, number>>
  /** The newest, at most `capacity`, oldest first; O(n). They are kept with their bodies. */
  list(): readonly DeadLetter[]
  /** Forgets the letters, and not the counts. */
  clear(): void
  record(letter: DeadLetter): void
}

/** A bounded ring of dead letters (`limits.deadLetters` by default). Throws `INVALID` unless `capacity` is a whole number from 0. */
export function createDeadLetters({ capacity = limits.deadLetters }: { readonly capacity?: number } = {}): DeadLetters {
  if (!Number.isSafeInteger(capacity) || capacity < 0) {
    throw new ActorError('INVALID', `dead letters expect capacity to be a whole number from 0, found ${capacity}`)
  }
  const ring = new Ring<DeadLetter>()
  const counts = { refused: 0, dropped: 0, stopped: 0, closed: 0, expired: 0, failed: 0, unknown: 0 }
  let total = 0
  return {
    get total() {
      return total
    },
    counts: () => ({ ...counts }),
    list: () => ring.toArray(),
    clear: () => ring.keep(() => false),
    record(letter) {
      counts[letter.reason]++
      total++
      if (capacity === 0) return
      if (ring.size === capacity) ring.shift()
      ring.push(letter)
    },
  }
}
