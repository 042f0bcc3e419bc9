import { compareValues, type ErrorCode, type JsonObject, type Operation } from '@stateward/contract'

/** What is known of one id: its rev, its fields (with `id`) while it lives, and those it had last. */
export interface Life {
  readonly rev: number
  readonly fields: JsonObject | undefined
  readonly last: JsonObject
}

/** What an operation must answer: one of these codes, or this rev and these fields (`undefined` after a deletion). */
export type Expected =
  | { readonly codes: readonly ErrorCode[] }
  | { readonly id: string; readonly rev: number; readonly fields: JsonObject | undefined; readonly changed: boolean }

/** The slow and obvious state of the type `item`: a map. */
export class PlainItems {
  #lives = new Map<string, Life>()
  /** Deleted ids whose history has been let go of: they can be created anew, and not be restored. */
  #forgotten = new Set<string>()

  life(id: string): Life | undefined {
    return this.#lives.get(id)
  }

  copy(): PlainItems {
    const copy = new PlainItems()
    copy.#lives = new Map(this.#lives)
    copy.#forgotten = new Set(this.#forgotten)
    return copy
  }

  mayRestore(id: string): boolean {
    return !this.#forgotten.has(id)
  }

  /** The log has let go of its history. */
  forgetHistory(): void {
    for (const [id, { fields }] of this.#lives) if (fields === undefined) this.#forgotten.add(id)
  }

  /** Live records, by id. */
  live(): { id: string; rev: number; fields: JsonObject }[] {
    const found = [...this.#lives].flatMap(([id, { fields, rev }]) =>
      fields === undefined ? [] : [{ id, rev, fields }],
    )
    return found.sort((left, right) => (left.id < right.id ? -1 : 1))
  }

  /** All of the operations, or none and the refusal of the first that fails. */
  all(operations: readonly Operation[]): Expected[] | { readonly codes: readonly ErrorCode[] } {
    const [lives, forgotten] = [this.#lives, this.#forgotten]
    this.#lives = new Map(lives)
    this.#forgotten = new Set(forgotten)
    const answers: Expected[] = []
    for (const operation of operations) {
      const expected = this.one(operation)
      if ('codes' in expected) {
        this.#lives = lives
        this.#forgotten = forgotten
        return expected
      }
      answers.push(expected)
    }
    return answers
  }

  one(operation: Operation): Expected {
    switch (operation.op) {
      case 'create':
        return this.#create(operation.data)
      case 'update':
        return this.#update(operation)
      case 'delete':
        return this.#delete(operation)
      case 'restore':
        return this.#restore(operation.id)
      default:
        return operation satisfies never
    }
  }

  #create(data: JsonObject): Expected {
    const id = String(data.id)
    const life = this.#lives.get(id)
    if (life?.fields !== undefined) {
      if (compareValues(life.fields, data) === 0) return { id, rev: life.rev, fields: life.fields, changed: false }
      return { codes: this.#hangs(data) ? ['ALREADY_EXISTS', 'INVALID_REFERENCE'] : ['ALREADY_EXISTS'] }
    }
    return this.#hangs(data) ? { codes: ['INVALID_REFERENCE'] } : this.#put(id, data)
  }

  #update({ changes, expectedRev, id, unset = [] }: Extract<Operation, { op: 'update' }>): Expected {
    const life = this.#lives.get(id)
    if (life?.fields === undefined) return { codes: ['NOT_FOUND'] }
    const fields: Record<string, JsonObject[string]> = { ...life.fields, ...changes }
    for (const field of unset) delete fields[field]
    if (expectedRev !== undefined && expectedRev !== life.rev) return { codes: ['CONFLICT'] }
    if (compareValues(fields, life.fields) === 0) return { id, rev: life.rev, fields, changed: false }
    return this.#hangs(fields) ? { codes: ['INVALID_REFERENCE'] } : this.#put(id, fields)
  }

  #delete({ cascade, expectedRev, id }: Extract<Operation, { op: 'delete' }>): Expected {
    const life = this.#lives.get(id)
    if (life?.fields === undefined) return { codes: ['NOT_FOUND'] }
    if (expectedRev !== undefined && expectedRev !== life.rev) return { codes: ['CONFLICT'] }
    const children = this.live().filter((one) => one.fields.parent === id && one.id !== id)
    if (children.length > 0 && cascade !== true) return { codes: ['RESTRICTED'] }
    this.#lives.set(id, { ...life, rev: life.rev + 1, fields: undefined })
    for (const child of children) this.#delete({ op: 'delete', type: 'item', id: child.id, cascade: true })
    return { id, rev: life.rev + 1, fields: undefined, changed: true }
  }

  #restore(id: string): Expected {
    const life = this.#lives.get(id)
    if (life === undefined) return { codes: ['NOT_FOUND'] }
    if (life.fields !== undefined) return { codes: ['ALREADY_EXISTS'] }
    return this.#hangs(life.last) ? { codes: ['INVALID_REFERENCE'] } : this.#put(id, life.last)
  }

  /** Whether the record refers to one that is not there. */
  #hangs({ id, parent }: JsonObject): boolean {
    return typeof parent === 'string' && parent !== id && this.#lives.get(parent)?.fields === undefined
  }

  #put(id: string, fields: JsonObject): Expected {
    const rev = (this.#lives.get(id)?.rev ?? 0) + 1
    this.#lives.set(id, { rev, fields, last: fields })
    this.#forgotten.delete(id)
    return { id, rev, fields, changed: true }
  }
}
