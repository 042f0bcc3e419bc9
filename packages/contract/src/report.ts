import type { Damage } from './damage.ts'
import type { LostCommits } from './event.ts'

/** Bytes that recovery took out of the log and kept. */
export interface Quarantined {
  /** The file the bytes were cut from. */
  readonly file: string
  readonly byte: number
  readonly bytes: number
  readonly sha256: string
  /** Where the bytes are kept now. */
  readonly keptIn: string
}

/** What opening a log found and did. */
export interface RecoveryReport {
  /** Whether the last writer closed the log. */
  readonly clean: boolean
  /** Whether the log was new. */
  readonly created: boolean
  readonly lastSeq: number
  readonly quarantined: readonly Quarantined[]
  /** Files in the plain three-line format that were adopted as unverified history. */
  readonly adopted: readonly string[]
  /** Commits that a salvage gave up in this opening, because they do not read any more. */
  readonly lost?: readonly LostCommits[]
  /** Why nothing can be written: the log is damaged and was opened for what still reads. Absent: it can be. */
  readonly damage?: readonly Damage[]
}

/** What `LogReader.verify` found. */
export interface StorageCheck {
  readonly ok: boolean
  readonly commits: number
  readonly bytes: number
  /** Commits from plain files, which carry no checksum. */
  readonly unverified: number
  readonly damage: readonly Damage[]
  /** Commits that salvages had to give up: the log says where. Absent: none. */
  readonly lost?: readonly LostCommits[]
}

/** What a backup has copied. */
export interface BackupReport {
  /** The directory of the backup. */
  readonly to: string
  /** It holds every commit up to here. */
  readonly lastSeq: number
  /** Whether all of it was copied, and not only what is new. */
  readonly full: boolean
  readonly files: number
  readonly bytes: number
  /** Of these, what was copied this time, and read back. */
  readonly copiedFiles: number
  readonly copiedBytes: number
}
