import { epicOf } from './epic.ts'
import { groupsOf } from './json-lines.ts'
import type { IssueState } from './open-issues.ts'
import type { NewIssue, SourceIssue } from './source.ts'

export interface Imported {
  readonly issues: number
  /** Issues that belong to an epic, and those of them whose epic is not among the issues. */
  readonly inEpics: number
  readonly withoutTheirEpic: number
}

const groupSize = 500

/** Creates the issues, some hundreds in one bulk write; an issue keeps its id, its times and every key it came with. */
export async function importIssues(
  state: IssueState,
  issues: readonly SourceIssue[],
  onProgress: (issues: number) => void = () => {},
): Promise<Imported> {
  let done = 0
  for (const group of groupsOf(issues, groupSize)) {
    await state.issue.createMany(group.map(newIssue))
    done += group.length
    onProgress(done)
  }
  const ids = new Set(issues.map(({ id }) => id))
  const epics = issues.flatMap(({ dependencies }) => epicOf(dependencies) ?? [])
  return { issues: done, inEpics: epics.length, withoutTheirEpic: epics.filter((epic) => !ids.has(epic)).length }
}

/** An issue of the tracker as it is stored here. */
export function newIssue(issue: SourceIssue): NewIssue {
  const epic_id = epicOf(issue.dependencies)
  return epic_id === undefined ? issue : { ...issue, epic_id }
}
