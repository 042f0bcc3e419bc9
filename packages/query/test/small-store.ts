import type { Entity, Index, Query, Slot, StoredRecord } from '@stateward/contract'
import { choicesOf } from '../src/planning/choices.ts'
import { encodeCursor } from '../src/planning/cursor.ts'
import { factsOf } from '../src/planning/facts.ts'
import type { Access, Plan } from '../src/planning/plan.ts'
import { planQuery } from '../src/planning/plan-query.ts'
import { checkQuery } from '../src/validation/check-query.ts'
import { topK } from '../src/values/top-k.ts'

export interface SmallPage {
  readonly rows: StoredRecord[]
  readonly cursor?: string
}

/** The least that can carry out a plan. */
export class SmallStore {
  readonly slots: Map<Slot, StoredRecord> = new Map()
  #made = 0
  readonly #entity: Entity
  readonly #indexes: readonly Index[]

  constructor(entity: Entity, indexes: (slots: ReadonlyMap<Slot, StoredRecord>) => readonly Index[]) {
    this.#entity = entity
    this.#indexes = indexes(this.slots)
  }

  put(record: StoredRecord): void {
    const known = [...this.slots].find(([, row]) => row.id === record.id)?.[0]
    // Neither insertion nor slots are in the order of ids.
    this.slots.set(known ?? (++this.#made * 7919) % 10007, record)
  }

  delete(id: string): void {
    for (const [slot, row] of this.slots) if (row.id === id) this.slots.delete(slot)
  }

  plan(query: Query): Plan {
    return planQuery(checkQuery(query, this.#entity), this.#entity, this.#indexes, this.slots.size)
  }

  answer(query: Query): SmallPage {
    const plan = this.plan(query)
    const wanted = plan.limit === undefined ? undefined : plan.limit + 1
    const rows = this.candidates(plan.access).filter(plan.predicate ?? (() => true))
    const found = plan.inOrder ? rows.slice(0, wanted) : topK(rows, wanted, plan.compare)
    if (plan.limit === undefined || found.length <= plan.limit) return { rows: found }
    const page = found.slice(0, plan.limit)
    const last = page.at(-1)
    return last === undefined ? { rows: page } : { rows: page, cursor: encodeCursor(query, last, this.#entity) }
  }

  /** All rows, found in each way that the planner weighed; behind `last` when it is given. */
  everyWay(query: Query, last?: StoredRecord): StoredRecord[][] {
    const cursor = last === undefined ? {} : { cursor: encodeCursor(query, last, this.#entity) }
    const { predicate = () => true, compare, after, limit } = this.plan({ ...query, ...cursor })
    const facts = factsOf(checkQuery(query, this.#entity).where, this.#entity)
    const [entity, indexes, records] = [this.#entity, this.#indexes, this.slots.size]
    const led = new Set(indexes.map(({ fields }) => fields[0] ?? ''))
    const { all } = choicesOf({ facts, entity, indexes, led, records, orderBy: query.orderBy, limit, after })
    return all.map(({ access, inOrder }) => {
      const rows = this.candidates(access).filter(predicate)
      return inOrder ? rows : rows.sort(compare)
    })
  }

  candidates(access: Access): StoredRecord[] {
    return this.#slotsOf(access).map((slot) => {
      const row = this.slots.get(slot)
      if (row === undefined) throw new RangeError(`no record in slot ${slot}`)
      return row
    })
  }

  #slotsOf(access: Access): Slot[] {
    switch (access.kind) {
      case 'empty':
        return []
      case 'ids':
        return access.ids.flatMap((id) => [...this.slots].flatMap(([slot, row]) => (row.id === id ? [slot] : [])))
      case 'intersection': {
        const [first, ...others] = access.of.map(({ index, probe }) => new Set(index.lookup(probe)))
        return [...(first ?? [])].filter((slot) => others.every((one) => one.has(slot)))
      }
      case 'lookup': {
        const found = [...access.index.lookup(access.probe)]
        const { byId } = access
        if (byId === undefined) return found
        const idOf = (slot: Slot): string => this.slots.get(slot)?.id ?? ''
        const left = found.filter((slot) => byId.after === undefined || idOf(slot) > byId.after)
        return left.sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1))
      }
      case 'ordered': {
        const { index, direction, probe, given } = access
        const all = [...(index.sorted?.scan(direction, probe) ?? [])]
        if (given === undefined) return all
        const beyond = given.beyond === undefined ? [] : [...(index.sorted?.scan(direction, given.beyond) ?? [])]
        const next = all.findIndex((slot) => slot === beyond[0] || (this.slots.get(slot)?.id ?? '') > given.id)
        return all.slice(next === -1 ? all.length : next)
      }
      case 'scan':
        return [...this.slots.keys()]
      default:
        return access satisfies never
    }
  }
}
