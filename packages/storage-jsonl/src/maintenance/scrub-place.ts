import type { ScrubPlace } from '@stateward/contract'
import { isCount } from '../format/control-line.ts'
import type { ScanPlace } from '../scanning/scan.ts'

/** Where a scrub is: in a file, behind a line of it. */
export interface PlaceInFile extends ScanPlace {
  readonly file: string
  /** The checksum that the file should have. */
  readonly of: string
  /** The file that the pass began with: it ends before that one. */
  readonly until: string
}

/** As it is given out. */
export function encodePlace(place: PlaceInFile): ScrubPlace {
  return { ...place }
}

/** What `encodePlace` gave; `undefined` for anything else. */
export function decodePlace(given: ScrubPlace | undefined): PlaceInFile | undefined {
  const { file, of, until, byte, line, lastSeq, crc } = given ?? {}
  if (typeof file !== 'string' || typeof of !== 'string' || typeof until !== 'string') return undefined
  if (!isCount(byte) || !isCount(line) || !isCount(lastSeq) || !isCount(crc)) return undefined
  return { file, of, until, byte, line, lastSeq, crc }
}
