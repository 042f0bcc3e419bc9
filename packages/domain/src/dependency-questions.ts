import { type ProcedureReader, type Question, StatewardError, type StoredRecord } from '@stateward/contract'
import { z } from 'zod'
import { asked } from './asked.ts'
import { isHeld } from './ready-set.ts'
import { isOpenStatus } from './status.ts'
import { idSchema } from './text-schema.ts'
import { textsIn } from './texts-in.ts'

const specAsk = z.strictObject({ id: idSchema })

interface Blocker {
  readonly [field: string]: string
  readonly type: 'plan' | 'spec'
  readonly id: string
  readonly status: string
}

/**
 * What keeps a spec from being begun: its own dependencies that are not completed, and its plan where that holds it; and
 * where that begins, the specs at the end of the chains, which wait for none themselves.
 */
export const blockersQuestion: Question = (ask, { reader }) => {
  const spec = specOf(asked(specAsk, ask, 'blockers').id, reader)
  const plan = reader.get('plan', String(spec.plan_id))
  const held: Blocker[] = isHeld(plan) ? [blocker('plan', String(spec.plan_id), plan)] : []
  const direct = unmetOf(spec, reader)
  const roots: Blocker[] = []
  const seen = new Set([spec.id])
  // The walk goes on to what is pushed meanwhile.
  const waiting = [...direct]
  for (const one of waiting) {
    if (seen.has(one.id)) continue
    seen.add(one.id)
    const found = reader.get('spec', one.id)
    const further = found === undefined ? [] : unmetOf(found, reader)
    if (further.length === 0) roots.push(one)
    else waiting.push(...further)
  }
  return { direct: [...held, ...direct], roots: [...held, ...roots] }
}

/** Which specs wait for this one: those that its completion alone would make ready, and all that wait behind it. */
export const unblocksQuestion: Question = (ask, { reader }) => {
  const spec = specOf(asked(specAsk, ask, 'unblocks').id, reader)
  const isHeldBack = isHeld(reader.get('plan', String(spec.plan_id)))
  const direct = reader.referring('spec', 'dependencies', spec.id)
  const ready = direct.filter(
    (one) => one.status === 'pending' && !isHeldBack && unmetOf(one, reader).every(({ id }) => id === spec.id),
  )
  const behind = new Map<string, StoredRecord>()
  const waiting = [...direct]
  for (const one of waiting) {
    if (behind.has(one.id) || one.id === spec.id || !isOpenStatus(one.status)) continue
    behind.set(one.id, one)
    waiting.push(...reader.referring('spec', 'dependencies', one.id))
  }
  return { ready: ready.map(({ id }) => id), behind: [...behind.keys()] }
}

function unmetOf(spec: StoredRecord, reader: ProcedureReader): readonly Blocker[] {
  const ids = [...new Set(textsIn(spec, 'dependencies'))]
  const found = reader.getMany('spec', ids)
  return ids.flatMap((id, at) => (found[at]?.status === 'completed' ? [] : [blocker('spec', id, found[at])]))
}

function blocker(type: Blocker['type'], id: string, record: StoredRecord | undefined): Blocker {
  return { type, id, status: record === undefined ? 'deleted' : String(record.status) }
}

function specOf(id: string, reader: ProcedureReader): StoredRecord {
  const spec = reader.get('spec', id)
  if (spec === undefined)
    throw new StatewardError('NOT_FOUND', `expected a spec ${id}, found none`, { details: { type: 'spec', id } })
  return spec
}
