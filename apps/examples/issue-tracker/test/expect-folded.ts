import { expect } from 'vitest'
import { epicOf } from '../src/epic.ts'
import type { IssueState } from '../src/open-issues.ts'
import type { SourceIssue } from '../src/source.ts'
import { asInSource, type Folded } from './plain-fold.ts'

/** Every record of the store against the fold: its fields, its version, its epic; and nothing beside them. */
export async function expectFolded(state: IssueState, { live, versions }: Folded): Promise<void> {
  const records = await state.issue.where().all()
  expect(records.map(({ id }) => id)).toEqual([...live.keys()].sort())
  for (const record of records) {
    const fields = live.get(record.id)
    expect(asInSource(record)).toEqual(fields)
    expect({ id: record.id, rev: record.rev }).toEqual({ id: record.id, rev: versions.get(record.id) })
    const dependencies = fields?.dependencies as SourceIssue['dependencies']
    expect({ id: record.id, epic: record.epic_id }).toEqual({ id: record.id, epic: epicOf(dependencies) })
  }
}
