import type { Ptr } from '@stateward/contract'

/** The largest file a pointer reaches into, and the largest segment number it can name. */
export const ptrBounds = { fileBytes: 8_589_934_592, segment: 1_048_575 } as const

/** A pointer is the segment's number and the byte offset of the line in it, as one safe integer. */
export function makePtr(segment: number, offset: number): Ptr {
  return segment * ptrBounds.fileBytes + offset
}

export function ptrSegment(ptr: Ptr): number {
  return Math.floor(ptr / ptrBounds.fileBytes)
}

export function ptrOffset(ptr: Ptr): number {
  return ptr % ptrBounds.fileBytes
}
