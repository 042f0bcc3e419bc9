import type { Change, Commit, LostCommits, StoredRecord, Version } from '@stateward/contract'
import { joined } from '../log/commits-of.ts'
import { fold } from '../records/fold.ts'
import { fieldChanges } from './field-changes.ts'

/** Makes versions of one record from commits given in order, each resting on the one before. */
export class VersionFold {
  readonly #type: string
  readonly #id: string
  #record: StoredRecord | undefined
  #rev = 0
  /** Whether `#record` is what the record was, and not only what is known of it. */
  #isKnown: boolean
  #lost: LostCommits | undefined

  /** `isWhole`: no version comes before the first one that is given. */
  constructor({ type, id, isWhole }: { readonly type: string; readonly id: string; readonly isWhole: boolean }) {
    this.#type = type
    this.#id = id
    this.#isKnown = isWhole
  }

  /** What is lost behind the last version. */
  get lost(): LostCommits | undefined {
    return this.#lost
  }

  /** The record after the last version; `undefined` where there is none, or none that is known. */
  get record(): StoredRecord | undefined {
    return this.#record
  }

  /** Whether the last version is a deletion, or rests on nothing that is known. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  /** The versions that a commit made of the record, one as a rule. */
  take(commit: Commit): Version[] {
    // Where commits are lost, nobody knows whether this record was changed in them; where none was, no rev is missing.
    if (commit.lostBefore !== undefined) this.#lost = joined(this.#lost, commit.lostBefore)
    const versions: Version[] = []
    for (const change of commit.changes) {
      if (change.type === this.#type && change.id === this.#id) versions.push(this.#version(change, commit))
    }
    return versions
  }

  #version(change: Change, { seq, timestamp, actor }: Commit): Version {
    const before = this.#record
    const isFirst = change.rev === 1 && this.#rev === 0
    const wasKnown = isFirst || (this.#isKnown && (change.rev === 0 || change.rev === this.#rev + 1))
    const isOrphan = change.op === 'patch' && !follows(change, before)
    this.#record = isOrphan ? undefined : fold(before, change, this.#rev)
    this.#rev = change.rev === 0 ? this.#rev + 1 : change.rev
    this.#isKnown = !isOrphan
    const lostBefore = this.#lost
    this.#lost = undefined
    return {
      seq,
      timestamp,
      change: { ...change, rev: this.#rev },
      ...(wasKnown && !isOrphan ? { fields: fieldChanges(before, this.#record) } : {}),
      ...(this.#record === undefined ? {} : { record: this.#record }),
      ...(actor === undefined ? {} : { actor }),
      ...(lostBefore === undefined ? {} : { lostBefore }),
    }
  }
}

/** Whether the version that a change rests on is `before`. */
function follows({ rev }: Change, before: StoredRecord | undefined): boolean {
  return before !== undefined && (rev === 0 || rev === before.rev + 1)
}
