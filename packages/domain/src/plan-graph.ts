import { type ProcedureReader, StatewardError, type StoredRecord } from '@stateward/contract'
import { textsIn } from './texts-in.ts'

/** The specs of one plan by id, and what each depends on. */
export interface PlanGraph {
  readonly specs: ReadonlyMap<string, StoredRecord>
  readonly dependenciesOf: (id: string) => readonly string[]
}

/** Reads the specs of a plan: O(specs). `NOT_FOUND`. */
export function planGraph(planId: string, reader: ProcedureReader): PlanGraph {
  if (reader.get('plan', planId) === undefined)
    throw new StatewardError('NOT_FOUND', `expected a plan ${planId}, found none`, {
      details: { type: 'plan', id: planId },
    })
  const specs = new Map(reader.referring('spec', 'plan_id', planId).map((spec) => [spec.id, spec]))
  return {
    specs,
    dependenciesOf: (id) => {
      const spec = specs.get(id)
      return spec === undefined ? [] : textsIn(spec, 'dependencies')
    },
  }
}

export interface Levels {
  /** Ids: a spec stands in the first level after all of its dependencies. Within a level by age. */
  readonly levels: readonly (readonly string[])[]
  /** Specs that wait for themselves, and those that wait for them; only a log that others wrote has any. */
  readonly cyclic: readonly string[]
}

/** Layers a plan by its dependencies; those that are not of the plan do not count. O(specs + dependencies). */
export function levelsOf({ specs, dependenciesOf }: PlanGraph): Levels {
  const waitsFor = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  for (const id of specs.keys()) {
    const inside = [...new Set(dependenciesOf(id))].filter((one) => specs.has(one))
    waitsFor.set(id, inside.length)
    for (const one of inside) dependents.set(one, [...(dependents.get(one) ?? []), id])
  }
  const levels: string[][] = []
  for (let level = idsWaitingForNone(waitsFor); level.length > 0; ) {
    levels.push(level.sort((left, right) => byAge(specs.get(left), specs.get(right))))
    const next: string[] = []
    for (const done of level) {
      waitsFor.delete(done)
      for (const id of dependents.get(done) ?? []) {
        const left = (waitsFor.get(id) ?? 0) - 1
        waitsFor.set(id, left)
        if (left === 0) next.push(id)
      }
    }
    level = next
  }
  return { levels, cyclic: [...waitsFor.keys()] }
}

function idsWaitingForNone(waitsFor: ReadonlyMap<string, number>): string[] {
  return [...waitsFor].flatMap(([id, count]) => (count === 0 ? [id] : []))
}

function byAge(left: StoredRecord | undefined, right: StoredRecord | undefined): number {
  const [first, second] = [String(left?.created_at), String(right?.created_at)]
  if (first !== second) return first < second ? -1 : 1
  return String(left?.id) < String(right?.id) ? -1 : 1
}
