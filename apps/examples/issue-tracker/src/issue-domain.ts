import { instantKey } from '@stateward/contract'
import { defineDomain, entity } from '@stateward/core'
import { z } from 'zod'

/** Every status that the real records and changes hold. */
const issueStatuses = ['open', 'in_progress', 'blocked', 'hooked', 'closed', 'tombstone'] as const

const time = z.string().refine((text) => instantKey(text) !== undefined, { error: 'expected an RFC 3339 date-time' })
const text = z.string().optional()

const dependency = z.object({
  issue_id: z.string(),
  depends_on_id: z.string(),
  type: z.string(),
  created_at: time,
  created_by: z.string(),
})

// Not a loose object: its index signature would let every misspelt field compile. Unknown keys are kept all the same,
// because the store keeps what the caller gave and takes only defaults from the schema.
const schema = z.object({
  title: z.string().min(1),
  status: z.enum(issueStatuses),
  priority: z.int().min(0).max(4),
  issue_type: z.string().min(1),
  description: text,
  design: text,
  acceptance_criteria: text,
  notes: text,
  assignee: text,
  owner: text,
  created_by: text,
  external_ref: text,
  labels: z.array(z.string()).optional(),
  comments: z.array(z.object({ author: z.string(), text: z.string(), created_at: time })).optional(),
  dependencies: z.array(dependency).optional(),
  /** The issue that the first dependency of type `parent-child` names. Made by this importer; see epic.ts. */
  epic_id: text,
  closed_at: time.optional(),
  close_reason: text,
  deleted_at: time.optional(),
  deleted_by: text,
  delete_reason: text,
  original_type: text,
})

/** From any status to any other: the history went every way, and it is not for an importer to say that it did not happen. */
const everyWay = Object.fromEntries(issueStatuses.map((status) => [status, issueStatuses]))

/** A domain of its own: one type, whose ids are the tracker's. */
export const issueDomain = defineDomain({
  issue: entity({
    id: 'string',
    schema,
    status: { field: 'status', initial: 'open', transitions: everyWay },
    times: ['closed_at', 'deleted_at'],
    // `epic_id` is a relation that an index serves and nothing enforces: an entry in `refs` would refuse the 127 times
    // that this history puts an issue into an epic which is not there yet.
    indexes: [
      'status',
      ['status', 'updated_at'],
      ['epic_id', 'updated_at'],
      ['assignee', 'updated_at'],
      'issue_type',
      'priority',
    ],
  }),
})
