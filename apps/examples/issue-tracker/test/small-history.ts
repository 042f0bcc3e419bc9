import type { SourceChange, SourceIssue } from '../src/source.ts'

const at = '2025-10-12T11:25:29-07:00'
const issue = (id: string, more: Partial<SourceIssue> = {}): SourceIssue => ({
  id,
  title: `Issue ${id}`,
  status: 'open',
  priority: 2,
  issue_type: 'task',
  created_at: '2025-10-12T00:43:03.453438-07:00',
  updated_at: '2025-10-12T00:43:03.453438987-07:00',
  ...more,
})
const childOf = (id: string, epic: string): SourceIssue['dependencies'] => [
  { issue_id: id, depends_on_id: 'x', type: 'blocks', created_at: at, created_by: 'someone' },
  { issue_id: id, depends_on_id: epic, type: 'parent-child', created_at: at, created_by: 'someone' },
]

/** One of everything that the real history holds, small enough to be read. */
export const smallHistory: readonly SourceChange[] = [
  { op: 'create', at, id: 'a', data: issue('a', { assignee: 'ann', dependencies: childOf('a', 'e') }) },
  { op: 'create', at, id: 'e', data: issue('e', { issue_type: 'epic' }) },
  { op: 'create', at, id: 'b', data: issue('b', { closed_at: '2025-10-12T10:00:00Z', status: 'closed' }) },
  // Sets, removes, and leaves updated_at as it was.
  { op: 'update', at, id: 'a', changes: { title: 'Another title', assignee: null, notes: 'n' } },
  { op: 'update', at, id: 'b', changes: { status: 'open', closed_at: null, updated_at: '2025-10-13T09:00:00+02:00' } },
  // A change of the notation alone is a change too: the instant is the same.
  { op: 'update', at, id: 'b', changes: { created_at: '2025-10-12T07:43:03.453438Z' } },
  { op: 'update', at, id: 'b', changes: { dependencies: childOf('b', 'e') } },
  { op: 'update', at, id: 'a', changes: { dependencies: null, updated_at: '2025-10-14T00:00:00Z' } },
  { op: 'delete', at, id: 'e' },
  { op: 'delete', at, id: 'a' },
  { op: 'create', at, id: 'a', data: issue('a', { title: 'A second life', priority: 0 }) },
  { op: 'update', at, id: 'a', changes: { status: 'in_progress', updated_at: '2025-10-15T00:00:00Z' } },
]
