import { type Entity, type FieldKind, fieldKind, type StoredRecord, type Where } from '@stateward/contract'
import { factsOf } from '../planning/facts.ts'
import { type FieldReader, fieldReader } from '../values/field-reader.ts'
import { type Identity, identity } from '../values/identity.ts'

interface OfField<Watcher> {
  readonly read: FieldReader
  readonly kind: FieldKind
  readonly byValue: Map<Identity, Set<Watcher>>
}

/**
 * Which filters on one type a change could matter to: those that hold a field to certain values are found by the value that
 * the record has, or had; all others are always among them. May over-answer, never under-answer.
 */
export class WatchIndex<Watcher> {
  readonly #entity: Entity
  readonly #fields = new Map<string, OfField<Watcher>>()
  readonly #others = new Set<Watcher>()
  readonly #removals = new Map<Watcher, () => void>()

  constructor(entity: Entity) {
    this.#entity = entity
  }

  get size(): number {
    return this.#removals.size
  }

  add(where: Where | undefined, watcher: Watcher): void {
    const narrowest = this.#narrowest(where)
    if (narrowest === undefined) {
      this.#others.add(watcher)
      this.#removals.set(watcher, () => this.#others.delete(watcher))
      return
    }
    const [name, values] = narrowest
    const field = this.#field(name)
    for (const value of values) {
      const known = field.byValue.get(value)
      if (known === undefined) field.byValue.set(value, new Set([watcher]))
      else known.add(watcher)
    }
    this.#removals.set(watcher, () => this.#drop(name, values, watcher))
  }

  remove(watcher: Watcher): void {
    this.#removals.get(watcher)?.()
    this.#removals.delete(watcher)
  }

  /** Each watcher once to whom a record of these two versions may matter. O(fields) and what it finds. */
  touched(before: StoredRecord | undefined, after: StoredRecord | undefined): Set<Watcher> {
    const found = new Set(this.#others)
    for (const { read, kind, byValue } of this.#fields.values()) {
      for (const record of [before, after]) {
        const value = record === undefined ? undefined : read(record)
        if (value === undefined) continue
        for (const watcher of byValue.get(identity(value, kind)) ?? []) found.add(watcher)
      }
    }
    return found
  }

  /**
   * The field under which a filter is shown the fewest changes, and the identities of its values. Nobody knows how often a
   * value will be written, but a field whose watchers stand at many values has many, and a crowd at one is asked in vain.
   */
  #narrowest(where: Where | undefined): readonly [string, readonly Identity[]] | undefined {
    const facts = factsOf(where, this.#entity)
    if (facts.impossible) return ['id', []]
    let best: readonly [string, readonly Identity[]] | undefined
    let least = Number.POSITIVE_INFINITY
    for (const [name, { equal }] of facts.fields) {
      if (equal === undefined) continue
      const kind = fieldKind(this.#entity, name)
      const values = equal.map((value) => identity(value, kind))
      const width = name === 'id' ? 0 : this.#width(name, values)
      if (width >= least) continue
      best = [name, values]
      least = width
    }
    return best
  }

  /** What part of the watchers that stand at a field one more would join, as far as they tell. */
  #width(name: string, values: readonly Identity[]): number {
    const byValue = this.#fields.get(name)?.byValue
    let joined = values.length
    for (const value of values) joined += byValue?.get(value)?.size ?? 0
    return joined / Math.max(1, byValue?.size ?? 0)
  }

  #field(name: string): OfField<Watcher> {
    const known = this.#fields.get(name)
    if (known !== undefined) return known
    const field = { read: fieldReader(name), kind: fieldKind(this.#entity, name), byValue: new Map() }
    this.#fields.set(name, field)
    return field
  }

  #drop(name: string, values: readonly Identity[], watcher: Watcher): void {
    const byValue = this.#fields.get(name)?.byValue
    for (const value of values) {
      const watchers = byValue?.get(value)
      watchers?.delete(watcher)
      if (watchers?.size === 0) byValue?.delete(value)
    }
    if (byValue?.size === 0) this.#fields.delete(name)
  }
}
