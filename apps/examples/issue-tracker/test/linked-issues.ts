import { createStateManager, defineDomain, entity, type State } from '@stateward/core'
import { memoryStorage } from '@stateward/storage-memory'
import { z } from 'zod'
import { epicOf } from '../src/epic.ts'
import type { SourceChange, SourceIssue } from '../src/source.ts'
import { type Fields, foldOne } from './plain-fold.ts'

const schema = z.object({
  title: z.string(),
  status: z.string(),
  priority: z.int(),
  issue_type: z.string(),
  closed_at: z.string().optional(),
  epic: z.string().optional(),
  needs: z.array(z.string()).optional(),
})

const sourceSchema = schema.extend({ dependencies: z.custom<SourceIssue['dependencies']>().optional() })

/** Issues whose epic and dependencies are references, which the store follows. */
const linkedDomain = defineDomain({
  issue: entity({
    id: 'string',
    schema,
    times: ['closed_at'],
    indexes: ['issue_type', 'status', ['status', 'priority']],
    refs: { epic: { to: 'issue', onDelete: 'keep' }, needs: { to: 'issue', onDelete: 'keep' } },
  }),
})

export type LinkedIssues = State<typeof linkedDomain>['issue']

/** What the store is to hold of an issue, and at which version. */
export interface Linked {
  readonly rev: number
  readonly fields: z.infer<typeof schema>
}

const optional = ['closed_at', 'epic', 'needs'] as const

/**
 * The history with what it says of epics and dependencies as references. An issue refers to what is there when it is written;
 * what it refers to may be deleted later, and come again.
 */
export class LinkedHistory {
  readonly state: State<typeof linkedDomain>
  readonly live = new Map<string, Linked>()
  readonly #source = new Map<string, Fields>()

  static async begin(): Promise<LinkedHistory> {
    return new LinkedHistory(await createStateManager({ storage: memoryStorage(), domain: linkedDomain }))
  }

  private constructor(state: State<typeof linkedDomain>) {
    this.state = state
  }

  async replay(change: SourceChange): Promise<void> {
    const { id } = change
    const { issue } = this.state
    foldOne(this.#source, change)
    const after = this.#source.get(id)
    const before = this.live.get(id)
    if (after === undefined) {
      await issue.delete(id)
      this.live.delete(id)
      return
    }
    const fields = this.#linked(id, after)
    const unset = optional.filter((field) => fields[field] === undefined && before?.fields[field] !== undefined)
    const written =
      before === undefined ? await issue.create({ id, ...fields }) : await issue.update(id, fields, { unset })
    this.live.set(id, { rev: written.rev, fields })
  }

  #linked(id: string, source: Fields): Linked['fields'] {
    const { title, status, priority, issue_type, closed_at, dependencies } = sourceSchema.parse(source)
    const isThere = (other: string) => other !== id && this.live.has(other)
    const epic = epicOf(dependencies)
    const needs = dependencies?.map(({ depends_on_id }) => depends_on_id).filter(isThere) ?? []
    return {
      ...{ title, status, priority, issue_type },
      ...(closed_at === undefined ? {} : { closed_at }),
      ...(epic !== undefined && isThere(epic) ? { epic } : {}),
      ...(needs.length === 0 ? {} : { needs }),
    }
  }
}
