import { compareKeys, type FieldKind, orderKey } from '@stateward/contract'
import type { Linked } from './linked-issues.ts'

type Fields = Linked['fields']

export interface PlainGrouping {
  readonly matches: (issue: Fields) => boolean
  /** Absent: all that match are one group, which is always there. */
  readonly by?: { readonly field: keyof Fields & ('status' | 'priority' | 'closed_at'); readonly kind: FieldKind }
}

type Value = string | number | undefined

interface Group {
  readonly key: ReturnType<typeof orderKey>
  readonly members: Map<string, Fields>
  /** Of the priorities. */
  sum: number
}

/** Everything that matches, held as it is, by groups. */
export class PlainGroups {
  readonly #grouping: PlainGrouping
  readonly #groups = new Map<string, Group>()
  readonly #groupOf = new Map<string, string>()

  constructor(grouping: PlainGrouping) {
    this.#grouping = grouping
    if (grouping.by === undefined) this.#put('', undefined)
  }

  /** Takes in what a change has left of an issue; tells whether it did, or does, match. */
  take(id: string, after: Fields | undefined): boolean {
    const { by, matches } = this.#grouping
    const before = this.#groupOf.get(id)
    if (before !== undefined) this.#leave(id, before)
    if (after === undefined || !matches(after)) return before !== undefined
    const value = by === undefined ? undefined : after[by.field]
    const key = orderKey(value, by?.kind ?? 'value')
    const name = JSON.stringify([key])
    const group = this.#put(by === undefined ? '' : name, key)
    group.members.set(id, after)
    group.sum += after.priority
    this.#groupOf.set(id, by === undefined ? '' : name)
    return true
  }

  /** One group a row: its value, how many are in it, and the sum of their priorities. */
  get rows(): readonly (readonly [value: Value, ...numbers: number[]])[] {
    const { by } = this.#grouping
    return [...this.#groups.values()]
      .sort((left, right) => compareKeys(left.key, right.key))
      .map(({ members, sum }) => [by && nameIn(by, members.values()), members.size, sum])
  }

  #put(name: string, key: Group['key']): Group {
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    const group: Group = { key, members: new Map(), sum: 0 }
    this.#groups.set(name, group)
    return group
  }

  #leave(id: string, name: string): void {
    const group = this.#groups.get(name)
    if (group === undefined) return
    group.sum -= group.members.get(id)?.priority ?? 0
    group.members.delete(id)
    this.#groupOf.delete(id)
    if (group.members.size === 0 && this.#grouping.by !== undefined) this.#groups.delete(name)
  }
}

/** What a group is called: of several ways to write one instant the least. */
function nameIn({ field, kind }: NonNullable<PlainGrouping['by']>, members: Iterable<Fields>): Value {
  let least: Value
  for (const { [field]: own } of members) {
    if (kind !== 'time') return own
    if (own !== undefined && (least === undefined || own < least)) least = own
  }
  return least
}
