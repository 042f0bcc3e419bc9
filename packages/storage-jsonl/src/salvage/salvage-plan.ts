import type { LostCommits, Seq } from '@stateward/contract'
import type { SeqRange } from '../format/lost-seqs.ts'
import type { BaseEntry, Entry, HistoryEntry, Manifest } from '../format/manifest.ts'
import type { DamageFound } from '../scanning/damage.ts'
import type { BadBytes, GoodLine } from './sort-lines.ts'

/** A file whose good lines are written anew, with a gap where commits are missing between them. */
export interface Rewriting {
  readonly entry: HistoryEntry | BaseEntry
  /** Of the new segment; `lastSeq` is one less where it holds nothing, and then it is not written. */
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  readonly good: readonly GoodLine[]
  readonly bad: readonly BadBytes[]
  readonly lost: readonly SeqRange[]
  /** Lines that read and were left out, because the versions that they change are lost. */
  readonly orphans: readonly GoodLine[]
}

/** A file that stays as it is, or is written anew. */
export type Step = { readonly kind: 'keep'; readonly entry: Entry } | ({ readonly kind: 'rewrite' } & Rewriting)

/** What a salvage has found out and is going to do. Making it changes nothing on the disk. */
export interface SalvagePlan {
  readonly manifest: Manifest
  /** Names the salvage, its report and the files that it keeps. */
  readonly id: string
  readonly damage: DamageFound
  /** History in order, then the base. */
  readonly steps: readonly Step[]
  /** Files that count no more and are kept: their names. */
  readonly aside: readonly string[]
  /** Files that hold nothing of the log. */
  readonly obsolete: readonly string[]
  readonly truncated: Seq
  readonly lost: readonly LostCommits[]
  /** What else somebody should know, in sentences. */
  readonly notes: readonly string[]
}

/** What a salvage has to know of the base: up to where it holds the state, and what it does not hold of that. */
export interface StandingBase {
  readonly upTo: Seq
  /** Records of a base that is damaged itself; undefined where all of them are there. */
  readonly keys: ReadonlySet<string> | undefined
}
