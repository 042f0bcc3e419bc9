import type { StoredRecord } from '@stateward/contract'

/**
 * Who refers to whom by one field, among the records of one layer: id referred to → ids of those that refer to it. Made at
 * the first question about a field and kept true from then on, so that a question costs its answer and not the layer.
 */
export class Referrers {
  readonly #by = new Map<string, Set<string>>()
  readonly #field: string

  constructor(field: string, records: Iterable<StoredRecord | undefined>) {
    this.#field = field
    for (const record of records) this.add(record)
  }

  of(id: string): Iterable<string> {
    return this.#by.get(id) ?? []
  }

  add(record: StoredRecord | undefined): void {
    for (const target of this.#targets(record)) {
      const referring = this.#by.get(target)
      if (referring === undefined) this.#by.set(target, new Set([record?.id ?? '']))
      else referring.add(record?.id ?? '')
    }
  }

  remove(record: StoredRecord | undefined): void {
    for (const target of this.#targets(record)) {
      const referring = this.#by.get(target)
      referring?.delete(record?.id ?? '')
      if (referring?.size === 0) this.#by.delete(target)
    }
  }

  #targets(record: StoredRecord | undefined): readonly string[] {
    const value = record?.[this.#field]
    if (typeof value === 'string') return [value]
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  }
}
