import { type Entity, limits, type Query } from '@stateward/contract'
import { checkQuery, indexesOf, planQuery, type Scalar, ShapeTree } from '@stateward/query'
import type { LiveType } from '../state/live.ts'
import { isDegraded } from './degraded.ts'
import { LatelyAsked } from './lately-asked.ts'
import { type Planned, PlannedShape } from './planned-shape.ts'

/** Texts of queries that are kept, in characters: a filter may list ten thousand values. */
const maxChars = 4_194_304
/** What is compiled of a shape, and what is planned for some values, beside their texts. */
const shapeChars = 2_000
const planChars = 500
const branchChars = 50
/** Deeper than any query may be; it also ends cycles. */
const maxDepth = limits.filterDepth + limits.depth

/**
 * Checked and planned queries of one store, because programs ask the same few questions again and again, mostly with other
 * values: what the shape of a query says by itself is compiled once, what its values say is planned once for each list of
 * them that comes again. In two halves: when the newer one is full, the older one is forgotten.
 */
export class PlanCache {
  #newer = new Half()
  #older = new Half()
  readonly #lately = new LatelyAsked()
  /** Shapes that were compiled so far. */
  compiled = 0

  /** Throws what `checkQuery` and `planQuery` throw. */
  planned(given: Query, type: LiveType, entity: Entity, records: number): Planned {
    const values: Scalar[] = []
    const shape = this.#newer.shapes.get(given, values)
    if (shape?.indexes === type.indexes) return used(this.#plannedIn(shape, values, records), type)
    return used(this.#olderOrNew(given, type, entity, records), type)
  }

  /** Shapes, and queries planned, that are kept. */
  get size(): number {
    return this.#newer.size + this.#older.size
  }

  /** About how much they take, as characters of text. */
  get chars(): number {
    return this.#newer.chars + this.#older.chars
  }

  #olderOrNew(given: Query, type: LiveType, entity: Entity, records: number): Planned {
    if (this.#newer.shapes.scalarsOf(given) === undefined) {
      const query = checkQuery(given, entity)
      const plan = planQuery(query, entity, type.indexes, records)
      return { query, plan, degraded: isDegraded(type, query), records }
    }
    // What the text says, and not what a getter says when it is asked once more: others will be answered by it.
    const text = JSON.stringify(given)
    const asked: Query = JSON.parse(text)
    const values: Scalar[] = []
    const older = this.#older.shapes.get(asked, values)
    if (older?.indexes === type.indexes) {
      const shape = older.renewed()
      this.#keep(shape, text)
      return this.#plannedIn(shape, values, records)
    }
    const checked = checkQuery(asked, entity)
    const shape = PlannedShape.compiled(asked, checked, type, entity)
    this.compiled++
    this.#keep(shape, text)
    return this.#plannedIn(shape, this.#newer.shapes.scalarsOf(asked) ?? values, records)
  }

  #keep(shape: PlannedShape, text: string): void {
    const chars = text.length + shapeChars
    if (chars > maxChars / 4) return
    this.#makeRoom(chars)
    this.#newer.take(shape, chars)
  }

  #plannedIn(shape: PlannedShape, values: readonly Scalar[], records: number): Planned {
    const known = shape.known(values, records)
    if (known !== undefined) return known
    const planned = shape.planned(values, records)
    if (!this.#lately.note(values)) return planned
    const chars = charsOf(values) + planChars
    // Where there was no room, the shape is in the older half now: it is taken over when it is asked for again.
    if (chars <= maxChars / 4 && !this.#makeRoom(chars)) this.#newer.count(shape.keep(values, planned), chars)
    return planned
  }

  /** Whether what was kept until now is the older half from now on. */
  #makeRoom(chars: number): boolean {
    if (this.#newer.size < limits.plannedQueries / 2 && this.#newer.chars + chars <= maxChars / 2) return false
    this.#older = this.#newer
    this.#newer = new Half()
    return true
  }
}

class Half {
  readonly shapes: ShapeTree<PlannedShape> = new ShapeTree(maxDepth)
  size = 0
  #chars = 0

  get chars(): number {
    return this.#chars + this.shapes.chars
  }

  take(shape: PlannedShape, chars: number): void {
    this.shapes.set(shape.sample, shape)
    this.count(1, chars)
  }

  count(more: number, chars: number): void {
    this.size += more
    this.#chars += chars * more
  }
}

function charsOf(values: readonly Scalar[]): number {
  let chars = 0
  for (const value of values) chars += branchChars + (typeof value === 'string' ? value.length : 0)
  return chars
}

/** Counts what the index has saved: the records that are not looked at. */
function used(planned: Planned, { kept }: LiveType): Planned {
  const { access, estimatedRows } = planned.plan
  for (const index of indexesOf(access)) kept.used(index, Math.max(1, planned.records - estimatedRows))
  return planned
}
