import type { MemoryParts } from '@stateward/contract'
import type { Live } from './live.ts'

/** What a store holds beside its state; a reader has no mailbox, feeds or lines of its own. */
export interface HeldBeside {
  readonly histories: { readonly bytes: number }
  readonly feeds?: { readonly memoryBytes: number }
  readonly pump?: { readonly inFlightBytes: number }
  /** Writes that wait, and how long the line of one is. */
  readonly waiting?: { readonly writes: number; readonly bytesEach: number }
}

/** A message that waits: its envelope, promise, steps and checks; its body is as long as its line, and takes twice that as an object. */
const bytesOfWrite = 1_500
const objectsPerLine = 2

/** Reckons; O(pages of tables and indexes). */
export function memoryParts(live: Live, beside: HeldBeside, bufferBytes = 0): MemoryParts {
  const types = [...live.types.values()]
  const { writes, bytesEach } = beside.waiting ?? { writes: 0, bytesEach: 0 }
  return {
    tables: types.reduce((sum, { rows }) => sum + rows.bytes, 0),
    indexes: types.reduce((sum, { kept }) => kept.all.reduce((all, index) => all + index.bytes(), sum), 0),
    cache: live.bodies.bytes,
    mailbox: writes * (bytesOfWrite + bytesEach * objectsPerLine),
    histories: beside.histories.bytes,
    feeds: beside.feeds?.memoryBytes ?? 0,
    buffers: bufferBytes + (beside.pump?.inFlightBytes ?? 0),
  }
}
