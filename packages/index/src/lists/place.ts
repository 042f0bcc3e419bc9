import { columnLength } from './column-room.ts'

/**
 * A place between the entries of an ordered list, as one number so that places compare: before entry `at` of a chunk.
 * The end of the list is before the first entry of the chunk behind the last.
 */
export type Place = number

const places = columnLength * 2

export function placeAt(chunk: number, at: number): Place {
  return chunk * places + at
}

export function chunkOf(place: Place): number {
  return Math.floor(place / places)
}

export function offsetOf(place: Place): number {
  return place % places
}
