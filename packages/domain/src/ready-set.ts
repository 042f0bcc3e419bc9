import {
  instantKey,
  type ProcedureReader,
  type Projection,
  type ProjectionKind,
  type StoredRecord,
  sameValue,
} from '@stateward/contract'
import { type Aged, AgeHeap, isOlder } from './age-heap.ts'
import { textsIn } from './texts-in.ts'

/** A plan with one of these statuses, or one that is deleted, holds its specs back: nobody begins them. */
const holding: ReadonlySet<unknown> = new Set(['blocked', 'completed', 'failed', 'cancelled'])

export function isHeld(plan: StoredRecord | undefined): boolean {
  return plan === undefined || holding.has(plan.status)
}

/** A spec that is pending. */
interface Pending extends Aged {
  readonly planId: string
  readonly dependencies: readonly string[]
  /** Dependencies that are not completed; `undefined` until somebody has looked. */
  unmet: number | undefined
}

interface PlanOfPending {
  isHeld: boolean | undefined
  readonly specs: Set<Pending>
}

/** Of the oldest, how many are looked up together where nothing is known of them yet. */
const lookedUpTogether = 64

/**
 * The specs that could be begun now: pending, every dependency completed, of a plan that is not held. Kept true change by
 * change: a change of a spec costs O(log pending) and one step for each pending spec that depends on it, a change of a
 * plan one for each pending spec of it. What a dependency's status is when a spec becomes pending is looked up when
 * somebody first asks as far as that spec. Memory: about 300 bytes for each pending spec, and none for others.
 */
export class ReadySet implements Projection {
  readonly #pending = new Map<string, Pending>()
  readonly #dependents = new Map<string, Set<Pending>>()
  readonly #plans = new Map<string, PlanOfPending>()
  /** Those that are ready for all that is known. */
  readonly #heap = new AgeHeap<Pending>()

  changed(type: string, before: StoredRecord | undefined, after: StoredRecord | undefined): void {
    if (type === 'plan') this.#planChanged(before, after)
    else this.#specChanged(before, after)
  }

  /**
   * Ids of ready specs, oldest first. `durable` is the state that this has heard of. Throws what its reads throw; then,
   * and when it is left before its end, what has been looked up so far stays known.
   */
  *ids(durable: ProcedureReader): Generator<string, void, undefined> {
    const unready: Pending[] = []
    try {
      for (const spec of this.#heap.oldest()) {
        if (!this.#isKnown(spec)) this.#lookUp([spec, ...this.#heap.top(lookedUpTogether)], durable)
        if (this.#isReady(spec)) yield spec.id
        else unready.push(spec)
      }
    } finally {
      for (const spec of unready) this.#place(spec)
    }
  }

  /** As `ids`, of one plan; all of them, in O(pending specs of the plan). */
  idsOf(planId: string, durable: ProcedureReader): readonly string[] {
    const specs = [...(this.#plans.get(planId)?.specs ?? [])]
    this.#lookUp(specs, durable)
    const ready = specs.filter((spec) => this.#isReady(spec))
    return ready.sort((left, right) => (isOlder(left, right) ? -1 : 1)).map(({ id }) => id)
  }

  #planChanged(before: StoredRecord | undefined, after: StoredRecord | undefined): void {
    const plan = this.#plans.get((after ?? before)?.id ?? '')
    if (plan === undefined) return
    plan.isHeld = isHeld(after)
    for (const spec of plan.specs) this.#place(spec)
  }

  #specChanged(before: StoredRecord | undefined, after: StoredRecord | undefined): void {
    const id = (after ?? before)?.id ?? ''
    const isMet = after?.status === 'completed'
    if (isMet !== (before?.status === 'completed')) this.#dependencyChanged(id, isMet ? -1 : 1)
    const known = this.#pending.get(id)
    const next = after?.status === 'pending' ? pendingOf(after) : undefined
    if (known !== undefined && next !== undefined && isSame(known, next)) return
    if (known !== undefined) this.#forget(known)
    if (next !== undefined) this.#add(next)
  }

  #dependencyChanged(id: string, by: number): void {
    for (const spec of this.#dependents.get(id) ?? []) {
      if (spec.unmet === undefined) continue
      spec.unmet += by
      this.#place(spec)
    }
  }

  #add(spec: Pending): void {
    this.#pending.set(spec.id, spec)
    for (const id of spec.dependencies) {
      const dependents = this.#dependents.get(id)
      if (dependents === undefined) this.#dependents.set(id, new Set([spec]))
      else dependents.add(spec)
    }
    const plan = this.#plans.get(spec.planId)
    if (plan === undefined) this.#plans.set(spec.planId, { isHeld: undefined, specs: new Set([spec]) })
    else plan.specs.add(spec)
    this.#place(spec)
  }

  #forget(spec: Pending): void {
    this.#pending.delete(spec.id)
    this.#heap.remove(spec)
    for (const id of spec.dependencies) {
      const dependents = this.#dependents.get(id)
      dependents?.delete(spec)
      if (dependents?.size === 0) this.#dependents.delete(id)
    }
    const plan = this.#plans.get(spec.planId)
    plan?.specs.delete(spec)
    if (plan?.specs.size === 0) this.#plans.delete(spec.planId)
  }

  /** Into the heap, or out of it: whatever is not known speaks for the spec. */
  #place(spec: Pending): void {
    if (spec.unmet || this.#plans.get(spec.planId)?.isHeld) this.#heap.remove(spec)
    else this.#heap.add(spec)
  }

  #isReady(spec: Pending): boolean {
    return spec.unmet === 0 && this.#plans.get(spec.planId)?.isHeld === false
  }

  #isKnown(spec: Pending): boolean {
    return spec.unmet !== undefined && this.#plans.get(spec.planId)?.isHeld !== undefined
  }

  #lookUp(specs: readonly Pending[], durable: ProcedureReader): void {
    const unknown = specs.filter(({ unmet }) => unmet === undefined)
    const planIds = specs.map(({ planId }) => planId).filter((id) => this.#plans.get(id)?.isHeld === undefined)
    if (unknown.length === 0 && planIds.length === 0) return
    const statusOf = new Map<string, unknown>()
    const dependencies = [...new Set(unknown.flatMap((spec) => spec.dependencies))]
    for (const [at, record] of durable.getMany('spec', dependencies).entries())
      statusOf.set(dependencies[at] ?? '', record?.status)
    const plans = durable.getMany('plan', planIds)
    for (const spec of unknown) spec.unmet = spec.dependencies.filter((id) => statusOf.get(id) !== 'completed').length
    for (const [at, id] of planIds.entries()) {
      const plan = this.#plans.get(id)
      if (plan !== undefined) plan.isHeld = isHeld(plans[at])
    }
  }
}

function pendingOf(record: StoredRecord): Pending {
  const planId = typeof record.plan_id === 'string' ? record.plan_id : ''
  // Each once: a log that others wrote may name one twice, and it is met but once.
  const dependencies = [...new Set(textsIn(record, 'dependencies'))]
  const age = instantKey(record.created_at) ?? record.created_at
  return { id: record.id, age, planId, dependencies, unmet: undefined, place: -1 }
}

function isSame(left: Pending, right: Pending): boolean {
  return left.planId === right.planId && left.age === right.age && sameValue(left.dependencies, right.dependencies)
}

/** How the state manager keeps one. */
export const readySet: ProjectionKind<ReadySet> = {
  name: 'ready specs',
  types: ['plan', 'spec'],
  seeds: [{ type: 'spec', field: 'status', value: 'pending' }],
  create: () => new ReadySet(),
  made: (projection) => projection instanceof ReadySet,
}
