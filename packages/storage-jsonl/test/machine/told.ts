import { closeSync, openSync, readSync, writeSync } from 'node:fs'

/** What a writer is at while it is killed or its power is cut. */
export const phases = ['starting', 'opening', 'loading', 'basing', 'truncating', 'closing'] as const
export type Phase = (typeof phases)[number]

/** What a writer in another process has said of itself, up to this moment. */
export interface Told {
  /** Every commit up to here was acknowledged at the level `commit`. */
  readonly durable: number
  /** Every commit up to here was acknowledged at some level. */
  readonly acknowledged: number
  /** No commit behind this one was ever handed over. */
  readonly sent: number
  readonly phase: Phase
}

const words = 4
const wordBytes = 8

/**
 * Numbers in a small file that one process writes and another one reads: what was said stands there as soon as the call
 * returns, whatever then happens to the process that said it.
 */
export class Telling {
  readonly #fd: number
  readonly #words = new Float64Array(words)

  constructor(path: string) {
    this.#fd = openSync(path, 'w')
    this.#put(0, 0)
  }

  durable(seq: number): void {
    if (seq > this.#at(0)) this.#put(0, seq)
  }

  acknowledged(seq: number): void {
    if (seq > this.#at(1)) this.#put(1, seq)
  }

  sent(seq: number): void {
    if (seq > this.#at(2)) this.#put(2, seq)
  }

  phase(phase: Phase): void {
    this.#put(3, phases.indexOf(phase))
  }

  #at(word: number): number {
    return this.#words[word] ?? 0
  }

  #put(word: number, value: number): void {
    this.#words[word] = value
    writeSync(this.#fd, new Uint8Array(this.#words.buffer), 0, words * wordBytes, 0)
  }
}

/** What the writer of this file has told until now; nothing, when it has not come that far. */
export function readTold(path: string): Told {
  const found = new Float64Array(words)
  try {
    const fd = openSync(path, 'r')
    readSync(fd, new Uint8Array(found.buffer), 0, words * wordBytes, 0)
    closeSync(fd)
  } catch {
    // The process has not begun.
  }
  const [durable = 0, acknowledged = 0, sent = 0, phase = 0] = found
  return { durable, acknowledged, sent, phase: phases[phase] ?? 'starting' }
}
