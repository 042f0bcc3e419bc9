import type { CreateOf } from '@stateward/core'
import type { issueDomain } from './issue-domain.ts'

/** What the store takes as a new issue. */
export type NewIssue = CreateOf<typeof issueDomain, 'issue'>

/** One issue as the tracker saved it. */
export type SourceIssue = Omit<NewIssue, 'epic_id'> & { readonly updated_at: string }

/** Fields that an update of the tracker sets; null means that it removed the field. */
export type SourceChanges = { readonly [Field in keyof SourceIssue]?: SourceIssue[Field] | null }

/** One change of one issue as the tracker's history tells it. */
export type SourceChange =
  | { readonly op: 'create'; readonly id: string; readonly at: string; readonly data: SourceIssue }
  | { readonly op: 'update'; readonly id: string; readonly at: string; readonly changes: SourceChanges }
  | { readonly op: 'delete'; readonly id: string; readonly at: string }
