import type { JsonObject } from '@stateward/contract'
import { approximateBytes } from '../records/approximate-bytes.ts'
import type { Step } from './step.ts'

/** Steps that make one commit, and the number of the first among the write's steps. */
export interface Piece {
  readonly steps: readonly Step[]
  readonly from: number
}

/** Cuts steps into pieces whose lines will be about as long as allowed, each of one step at least. */
export function cut(steps: readonly Step[], from: number, maxBytes: number): Piece[] {
  const pieces: Piece[] = []
  let start = 0
  let bytes = 0
  for (const [at, step] of steps.entries()) {
    const size = sizeOf(step)
    if (at > start && bytes + size > maxBytes) {
      pieces.push({ steps: steps.slice(start, at), from: from + start })
      start = at
      bytes = 0
    }
    bytes += size
  }
  if (start < steps.length) pieces.push({ steps: steps.slice(start), from: from + start })
  return pieces
}

export function halvesOf({ steps, from }: Piece): readonly Piece[] {
  const middle = Math.ceil(steps.length / 2)
  return [
    { steps: steps.slice(0, middle), from },
    { steps: steps.slice(middle), from: from + middle },
  ]
}

/** What a deletion takes in a line, beside its id. */
const deletionBytes = 80

/** A guess at what a step adds to a line; a wrong one costs a second encoding, nothing else. */
function sizeOf(step: Step): number {
  const content: JsonObject = step.op === 'create' ? step.fields : step.op === 'update' ? step.changes : {}
  return deletionBytes + step.id.length + approximateBytes(content)
}
