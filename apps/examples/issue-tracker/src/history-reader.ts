import type { ChangesOf } from '@stateward/core'
import { epicOf } from './epic.ts'
import { newIssue } from './import-issues.ts'
import type { issueDomain } from './issue-domain.ts'
import type { NewIssue, SourceChange, SourceChanges } from './source.ts'

type Removable = Exclude<keyof SourceChanges, 'id' | 'created_at' | 'updated_at'> | 'epic_id'

/** A change as this store takes it. */
export type Write =
  | { readonly op: 'create'; readonly data: NewIssue }
  | {
      readonly op: 'update'
      readonly id: string
      readonly changes: ChangesOf<typeof issueDomain, 'issue'>
      readonly unset: readonly Removable[]
    }
  | { readonly op: 'delete'; readonly id: string }

/** Turns a tracker's history, read in order, into writes, and counts what is remarkable in it. */
export class HistoryReader {
  readonly counts = {
    creates: 0,
    /** Creates of an id that had been deleted before. */
    recreates: 0,
    updates: 0,
    /** Updates that left `updated_at` as it was. */
    silentUpdates: 0,
    deletes: 0,
    /** Times that an issue came into an epic, and those among them when there was no such epic. */
    intoEpics: 0,
    intoAbsentEpics: 0,
  }
  readonly #live = new Map<string, { readonly updatedAt: string | undefined; readonly epic: string | undefined }>()
  readonly #deleted = new Set<string>()

  read(change: SourceChange): Write {
    switch (change.op) {
      case 'create': {
        const data = newIssue(change.data)
        this.counts.creates += 1
        if (this.#deleted.delete(change.id)) this.counts.recreates += 1
        this.#note(change.id, change.data.updated_at, data.epic_id)
        return { op: 'create', data }
      }
      case 'update':
        this.counts.updates += 1
        return { op: 'update', id: change.id, ...this.#split(change.id, change.changes) }
      case 'delete':
        this.counts.deletes += 1
        this.#live.delete(change.id)
        this.#deleted.add(change.id)
        return { op: 'delete', id: change.id }
      default:
        return change satisfies never
    }
  }

  /** What an update sets and what it removes. */
  #split(id: string, source: SourceChanges): Omit<Extract<Write, { op: 'update' }>, 'op' | 'id'> {
    const before = this.#live.get(id)
    if (source.updated_at === undefined) this.counts.silentUpdates += 1
    // The present time once more where the history left it as it was: absent, the store would put its own clock's there.
    const updatedAt = source.updated_at ?? before?.updatedAt
    const epic = source.dependencies === undefined ? before?.epic : epicOf(source.dependencies)
    this.#note(id, updatedAt, epic)
    const fields = Object.entries({ ...source, updated_at: updatedAt, epic_id: epic ?? null })
    return {
      changes: Object.fromEntries(fields.filter(([, value]) => value !== null)),
      // The keys of the source's own type, which `Object.entries` forgets.
      unset: fields.filter(([, value]) => value === null).map(([field]) => field as Removable),
    }
  }

  #note(id: string, updatedAt: string | undefined, epic: string | undefined): void {
    if (epic !== undefined && epic !== this.#live.get(id)?.epic) {
      this.counts.intoEpics += 1
      if (!this.#live.has(epic)) this.counts.intoAbsentEpics += 1
    }
    this.#live.set(id, { updatedAt, epic })
  }
}
