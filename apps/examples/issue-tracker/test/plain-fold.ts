import type { SourceChange } from '../src/source.ts'

export type Fields = Readonly<Record<string, unknown>>

/** What a history comes to: the live issues, each with its fields as the history left them, and the number of changes. */
export interface Folded {
  readonly live: ReadonlyMap<string, Fields>
  /** Changes of every id that was ever there, deletions and later lives included. */
  readonly versions: ReadonlyMap<string, number>
}

/** Every change taken by itself, in order: slow, obvious, and ignorant of the store. */
export function plainFold(changes: readonly SourceChange[]): Folded {
  const live = new Map<string, Fields>()
  const versions = new Map<string, number>()
  for (const change of changes) {
    versions.set(change.id, (versions.get(change.id) ?? 0) + 1)
    foldOne(live, change)
  }
  return { live, versions }
}

/** Takes one change into what there was before. */
export function foldOne(live: Map<string, Fields>, change: SourceChange): void {
  if (change.op === 'create') live.set(change.id, change.data)
  else if (change.op === 'delete') live.delete(change.id)
  else {
    const fields = Object.entries({ ...live.get(change.id), ...change.changes })
    live.set(change.id, Object.fromEntries(fields.filter(([, value]) => value !== null)))
  }
}

/** A stored record as the tracker would have it: without what the store and the importer add. */
export function asInSource(record: object): Fields {
  const { rev: _, epic_id: __, ...fields }: Fields = { ...record }
  return fields
}
