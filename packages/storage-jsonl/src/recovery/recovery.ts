import type { LostCommits, Seq } from '@stateward/contract'
import type { SegmentEnd } from '../format/control-line.ts'
import type { Entry } from '../format/manifest.ts'
import type { SeekTable } from '../format/seek-table.ts'

/** Bytes of a file that are kept aside before they are cut: a torn write, or lines of a writer that was fenced. */
export interface Cutting {
  readonly file: string
  readonly from: number
  readonly to: number
}

/** Whole lines that are not proven to be durable: they are written again into the new segment. */
export interface Rehoming {
  readonly file: string
  readonly from: number
  readonly to: number
  readonly lastSeq: Seq
}

/** A segment to which nothing is added any more, and where lines of it begin. */
export interface EndedSegment {
  readonly segment: number
  readonly places: SeekTable
}

/** What an opening has found out and is going to do. Making it changes nothing on the disk. */
export interface Recovery {
  readonly log: string
  readonly epoch: number
  readonly truncated: Seq
  /** Entries that stay, the new segment aside. */
  readonly kept: readonly Entry[]
  /** Where the new segment begins. */
  readonly firstSeq: Seq
  readonly prev: SegmentEnd | undefined
  /** Its number: higher than that of any file there is. */
  readonly segment: number
  readonly rehome: Rehoming | undefined
  /** What the last writer did not end itself. */
  readonly ended?: EndedSegment | undefined
  readonly quarantine: readonly Cutting[]
  /** Files that are longer than what is of the log. */
  readonly cuts: readonly { readonly file: string; readonly bytes: number }[]
  readonly obsolete: readonly string[]
  readonly temporary: readonly string[]
  readonly clean: boolean
  readonly created: boolean
  readonly adopted: readonly string[]
  /** What salvages have given up and nobody has acknowledged. */
  readonly lost: readonly LostCommits[]
  readonly resealed: readonly string[]
}
