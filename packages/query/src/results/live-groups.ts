import {
  type AggregateRow,
  compareValues,
  type Entity,
  type FieldKind,
  fieldKind,
  type JsonValue,
  type LiveChange,
  type StoredRecord,
} from '@stateward/contract'
import type { Predicate } from '../planning/predicate.ts'
import type { CheckedMeasure } from '../validation/check-measures.ts'
import { type FieldReader, fieldReader } from '../values/field-reader.ts'
import { type Identity, identity } from '../values/identity.ts'
import { type ExtremesKept, type LiveTally, liveTally } from './live-tally.ts'

export interface LiveGroupsOptions {
  readonly entity: Entity
  /** `undefined`: everything matches. */
  readonly matches: Predicate | undefined
  /** The field that is grouped by; `undefined`: all that match are one group, which is always there. */
  readonly by: string | undefined
  readonly measures: readonly CheckedMeasure[]
  /** How `min` and `max` are kept; default: by 256 values of each group. */
  readonly extremes?: ExtremesKept
}

const extremesByDefault: ExtremesKept = { reserve: 256, isWhole: false }

interface LiveGroup {
  readonly identity: Identity | undefined
  /** Of several ways to write one instant the least. */
  value: JsonValue | undefined
  rows: number
  readonly tallies: readonly LiveTally[]
  /** In a field of times: how many rows write its value in which way. */
  readonly spellings: Map<string, number> | undefined
  /** As it was told last; `undefined`: not at all. */
  told: AggregateRow | undefined
  /** As JSON, what was told. */
  toldText: string
}

/**
 * The groups of what matches and their measures, kept up change by change from what a record was and is: O(measures + log groups) each,
 * and a move of pointers where a group comes or goes. Holds no row; of a `min` or `max` some values.
 */
export class LiveGroups {
  readonly #options: LiveGroupsOptions
  readonly #read: FieldReader | undefined
  readonly #kind: FieldKind
  readonly #byIdentity = new Map<Identity | undefined, LiveGroup>()
  /** Those that have been told, in order. */
  readonly #told: LiveGroup[] = []
  readonly #touched = new Set<LiveGroup>()

  constructor(options: LiveGroupsOptions) {
    this.#options = options
    const { by, entity } = options
    this.#read = by === undefined ? undefined : fieldReader(by)
    this.#kind = by === undefined ? 'value' : fieldKind(entity, by)
    if (by === undefined) this.#touched.add(this.#groupOf(undefined))
  }

  /** As they were told last: the groups in the order of their values, absence first. */
  get rows(): readonly AggregateRow[] {
    return this.#told.flatMap(({ told }) => told ?? [])
  }

  /** How many groups there are. */
  get size(): number {
    return this.#byIdentity.size
  }

  /** Whether some `min` or `max` has lost all values that were held of it: all that match are to be read again before the next `drain`. */
  get isShort(): boolean {
    for (const { tallies } of this.#touched) if (tallies.some(({ isShort }) => isShort)) return true
    return false
  }

  /** Takes in so many records at once that share a value, where nothing but their number is asked. */
  seed(value: JsonValue | undefined, count: number): void {
    const group = this.#groupOf(value)
    group.rows += count
    for (const tally of group.tallies) tally.seed(count)
    this.#touched.add(group)
  }

  /** Takes in what a commit made of a record; `undefined`: it was not, or is not there. */
  take(before: StoredRecord | undefined, after: StoredRecord | undefined): void {
    const was = before !== undefined && this.#isWithin(before)
    const is = after !== undefined && this.#isWithin(after)
    if (was) this.#change(before, -1)
    if (is) this.#change(after, 1)
  }

  /** What has become different since the last call. Throws `TOO_LARGE` for a sum that no number can hold. */
  drain(): readonly LiveChange<AggregateRow>[] {
    const changes: LiveChange<AggregateRow>[] = []
    for (const group of this.#touched) this.#tell(group, changes)
    this.#touched.clear()
    return changes
  }

  #isWithin(record: StoredRecord): boolean {
    const { matches } = this.#options
    return matches === undefined || matches(record)
  }

  #change(record: StoredRecord, sign: 1 | -1): void {
    const value = this.#read?.(record)
    const group = this.#groupOf(value)
    group.rows += sign
    for (const tally of group.tallies) tally.take(record, sign)
    this.#touched.add(group)
    const { spellings } = group
    if (spellings === undefined || typeof value !== 'string') return
    const left = (spellings.get(value) ?? 0) + sign
    if (left > 0) spellings.set(value, left)
    else spellings.delete(value)
  }

  #groupOf(value: JsonValue | undefined): LiveGroup {
    const key = this.#read === undefined ? undefined : identity(value, this.#kind)
    const known = this.#byIdentity.get(key)
    if (known !== undefined) return known
    const { measures, entity, extremes = extremesByDefault } = this.#options
    const group: LiveGroup = {
      identity: key,
      value,
      rows: 0,
      tallies: measures.map((measure) => liveTally(measure, entity, extremes)),
      spellings: this.#kind === 'time' && typeof value === 'string' ? new Map() : undefined,
      told: undefined,
      toldText: '',
    }
    this.#byIdentity.set(key, group)
    return group
  }

  #tell(group: LiveGroup, changes: LiveChange<AggregateRow>[]): void {
    const isGone = group.rows === 0 && this.#read !== undefined
    const at = this.#placeOf(group)
    if (isGone) {
      this.#byIdentity.delete(group.identity)
      if (group.told === undefined) return
      this.#told.splice(at, 1)
      changes.push({ op: 'leave', at, id: group.told.value === undefined ? '' : JSON.stringify(group.told.value) })
      return
    }
    if (group.spellings !== undefined) group.value = leastOf(group.spellings.keys())
    const record = this.#rowOf(group)
    const text = JSON.stringify(record)
    if (text === group.toldText) return
    if (group.told === undefined) {
      this.#told.splice(at, 0, group)
      changes.push({ op: 'enter', at, record })
    } else changes.push({ op: 'change', at, record })
    group.told = record
    group.toldText = text
  }

  #rowOf({ value, tallies }: LiveGroup): AggregateRow {
    const { measures } = this.#options
    const results = measures.flatMap(({ name }, at) => {
      const result = tallies[at]?.result()
      return result === undefined ? [] : [[name, result] as const]
    })
    const row = { measures: Object.freeze(Object.fromEntries(results)) }
    return Object.freeze(value === undefined ? row : { value, ...row })
  }

  /** Where a group stands among those that were told, or would. */
  #placeOf(group: LiveGroup): number {
    let [low, high] = [0, this.#told.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareValues(this.#told[middle]?.value, group.value, this.#kind) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

function leastOf(texts: Iterable<string>): string | undefined {
  let least: string | undefined
  for (const text of texts) if (least === undefined || text < least) least = text
  return least
}
