import type { Entity, Query } from '@stateward/contract'
import { type Plan, PreparedQuery, QueryShape, type Scalar, ScalarTree } from '@stateward/query'
import type { LiveType } from '../state/live.ts'
import { isDegraded } from './degraded.ts'

/** A query that has passed the door, and how to answer it. */
export interface Planned {
  readonly query: Query
  readonly plan: Plan
  /** Whether an index might have served it that is being built again. */
  readonly degraded: boolean
  /** Live records when it was planned: it is cheap only for about so many. */
  readonly records: number
}

const growth = 2

/** Queries that differ in values alone: checked and compiled once, and planned once for each list of values that comes again. */
export class PlannedShape {
  /** One of them, as it was asked. */
  readonly sample: Query
  /** Plans name indexes of this list, and are of no use when one of them may not be asked any more. */
  readonly indexes: LiveType['indexes']
  readonly #degraded: boolean
  readonly #shape: QueryShape
  readonly #prepared: PreparedQuery
  readonly #known = new ScalarTree<Planned>()
  readonly #former: ScalarTree<Planned> | undefined

  /** @param instead of one of the same shape: what that has compiled and planned need not be made again */
  private constructor(
    of: Pick<PlannedShape, 'sample' | 'indexes'>,
    made: Pick<Compiled, 'degraded' | 'shape' | 'prepared'>,
    former?: ScalarTree<Planned>,
  ) {
    this.sample = of.sample
    this.indexes = of.indexes
    this.#degraded = made.degraded
    this.#shape = made.shape
    this.#prepared = made.prepared
    this.#former = former
  }

  /** @param checked the sample, which `checkQuery` has accepted */
  static compiled(sample: Query, checked: Query, type: LiveType, entity: Entity): PlannedShape {
    const { indexes } = type
    const prepared = new PreparedQuery(checked, entity, indexes)
    return new PlannedShape(
      { sample, indexes },
      { prepared, shape: new QueryShape(sample, entity), degraded: isDegraded(type, checked) },
    )
  }

  /** Another one to take its place: it knows what this one has planned, and nothing of what the one before this has. */
  renewed(): PlannedShape {
    const made = { degraded: this.#degraded, shape: this.#shape, prepared: this.#prepared }
    return new PlannedShape(this, made, this.#known)
  }

  /** A plan that was kept for these values, and is still right. */
  known(values: readonly Scalar[], records: number): Planned | undefined {
    const known = this.#known.get(values)
    if (known !== undefined && isRight(known, records)) return known
    const former = this.#former?.get(values)
    return former !== undefined && isRight(former, records) ? former : undefined
  }

  /** Throws what `checkQuery` and `planQuery` throw. */
  planned(values: readonly Scalar[], records: number): Planned {
    const query = this.#shape.filled(values)
    return { query, plan: this.#prepared.plan(query, records), degraded: this.#degraded, records }
  }

  /** How many plans more it holds then: one, or none where one for these values was right no more. */
  keep(values: readonly Scalar[], planned: Planned): number {
    const before = this.#known.size
    this.#known.set(values, planned)
    return this.#known.size - before
  }
}

interface Compiled {
  readonly degraded: boolean
  readonly shape: QueryShape
  readonly prepared: PreparedQuery
}

function isRight({ records: then, plan }: Planned, records: number): boolean {
  return records <= then * growth && records * growth >= then && plan.isRight()
}
