import type { Clock, Random } from '@stateward/contract'
import { V7Generator } from 'uuidv7'
import { uuidText } from './uuid-text.ts'

/** A step back of the clock up to this keeps counting from the highest time seen; beyond it, ids start again from the clock. */
const rollbackAllowanceMs = 10_000
const poolBytes = 1_024

/**
 * Makes UUIDv7 texts (RFC 9562, 5.7): growing within a millisecond and while the clock steps back by up to ten
 * seconds, random otherwise.
 */
export function uuidv7Maker(clock: Clock, random: Random): () => string {
  // A call into the system's randomness costs as much for a thousand bytes as for four.
  let pool = Buffer.alloc(0)
  let at = 0
  const nextUint32 = (): number => {
    if (at === pool.length) {
      pool = Buffer.from(random.bytes(poolBytes))
      at = 0
    }
    at += 4
    return pool.readUInt32BE(at - 4)
  }
  const generator = new V7Generator({ nextUint32 })
  return () => uuidText(generator.generateOrResetCore(clock.now(), rollbackAllowanceMs).bytes)
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Whether this is a UUIDv7 in its lower-case canonical text. */
export function isUuidv7(text: string): boolean {
  return uuidShape.test(text)
}
