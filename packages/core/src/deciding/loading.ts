import {
  compareValues,
  type Domain,
  type JsonObject,
  limits,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { recordKey } from '../records/record-key.ts'
import { together } from '../records/together.ts'
import type { ReadExport } from '../snapshots/read-export.ts'
import { checkedEntity, checkedId, invalid } from '../validation/check.ts'
import { checkedTime } from '../validation/checked-time.ts'
import { frozenObject } from '../validation/frozen-json.ts'
import { inRow } from '../validation/in-row.ts'
import type { Deciding } from './deciding.ts'
import { checkReferences } from './references.ts'
import { checkRules } from './rules.ts'
import { askSchema, throwIssues } from './schema-check.ts'
import type { LoadStep } from './step.ts'
import type { Write } from './write.ts'

/** What becomes of records that are there already, with other content than that of the export. */
export type Existing = 'refuse' | 'replace'

/** How an export and the store went together, as of the commit. */
export interface Loaded {
  created: number
  replaced: number
  /** There already, with the same content. */
  unchanged: number
}

const namedRecords = 20

/** The records of an export as steps, each checked by itself: types, ids, times, schemas. `INVALID` names the row; no row twice. */
export async function loadSteps({ puts }: ReadExport, domain: Domain): Promise<readonly LoadStep[]> {
  const seen = new Set<string>()
  const steps: LoadStep[] = []
  for (const [at, { type, id, data }] of puts.entries()) {
    const { step, asked } = inRow(at, () => {
      const entity = checkedEntity(domain, type)
      const key = recordKey(type, checkedId(id))
      if (seen.has(key)) throw invalid(`expected each record once, found ${type} ${id} again`, { type, id })
      seen.add(key)
      const { id: _, rev, created_at, updated_at, ...fields } = frozenObject(data, 'data')
      if (rev !== undefined) throw invalid(`expected no rev in the data of ${type} ${id}, found one`, { type, id })
      const times = {
        created_at: checkedTime('created_at', created_at) ?? '',
        updated_at: checkedTime('updated_at', updated_at) ?? '',
      }
      const loaded: LoadStep = { op: 'load', type, entity, id, data: Object.freeze({ id, ...fields, ...times }) }
      return { step: loaded, asked: askSchema(entity, Object.freeze(fields)) }
    })
    const answer = asked instanceof Promise ? await asked : asked
    inRow(at, () => throwIssues(type, answer))
    steps.push(step)
  }
  return steps
}

/** What makes a write of nothing one of these steps; `told` is filled in when it is decided, each time anew. */
export function loadingOf(
  steps: readonly LoadStep[],
  existing: Existing,
  domain: Domain,
  told: Loaded,
): Pick<Write, 'steps' | 'precondition' | 'afterSteps' | 'maxBytes'> {
  let befores: readonly (StoredRecord | undefined)[] = []
  return {
    steps,
    maxBytes: limits.restoreBytes,
    precondition: {
      targets: [],
      check(heads) {
        befores = together(steps, ({ type, id }) => heads.head(type, id)?.record)
        const others = steps.filter((step, at) => !isSame(step, befores[at]) && befores[at] !== undefined)
        if (existing === 'refuse') refuseOthers(others)
        told.replaced = others.length
        told.created = befores.filter((before) => before === undefined).length
        told.unchanged = steps.length - told.created - told.replaced
      },
    },
    afterSteps: (deciding) => {
      for (const [at, { type, id, entity }] of steps.entries()) {
        const subject = { type, before: befores[at], after: deciding.draft.get(type, id) }
        inRow(at, () => {
          checkReferences(domain, subject, deciding.draft)
          if (subject.before?.rev !== subject.after?.rev) checkRules(entity, subject, deciding.draft)
        })
      }
    },
  }
}

/** Takes a record as it was exported; what it refers to may come behind it, so that is looked at when all are there. */
export function load(step: LoadStep, { draft }: Deciding): StoredRecord {
  const before = draft.get(step.type, step.id)
  return before !== undefined && isSame(step, before) ? before : draft.put(step.type, step.id, step.data)
}

function isSame({ data }: LoadStep, record: StoredRecord | undefined): boolean {
  if (record === undefined) return false
  const wanted: JsonObject = { ...data, rev: record.rev }
  return compareValues(wanted, record) === 0
}

function refuseOthers(others: readonly LoadStep[]): void {
  const [first] = others
  if (first === undefined) return
  const { type, id } = first
  throw new StatewardError(
    'ALREADY_EXISTS',
    `expected none of the records with other content, found ${others.length} of them, such as ${type} ${id}; nothing was written; ask to replace them, or restore into another store`,
    {
      details: {
        type,
        id,
        count: others.length,
        records: others.slice(0, namedRecords).map((one) => ({ type: one.type, id: one.id })),
      },
    },
  )
}
