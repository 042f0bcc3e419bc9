import type { RuleReader, RuleSubject, StoredRecord } from '@stateward/contract'
import { refersTo } from '../records/refers.ts'

/**
 * What the rules of one write look at: everything decided before it, and the record that is being written as it was
 * before. Otherwise a rule that looks for others of its kind would always find the new version of the record itself.
 */
export class SubjectReader implements RuleReader {
  readonly #reader: RuleReader
  readonly #type: string
  readonly #id: string
  readonly #before: StoredRecord | undefined

  constructor(reader: RuleReader, { type, before, after }: RuleSubject) {
    this.#reader = reader
    this.#type = type
    this.#id = (after ?? before)?.id ?? ''
    this.#before = before
  }

  get(type: string, id: string): StoredRecord | undefined {
    return type === this.#type && id === this.#id ? this.#before : this.#reader.get(type, id)
  }

  referring(type: string, field: string, id: string): readonly StoredRecord[] {
    const found = this.#reader.referring(type, field, id)
    if (type !== this.#type) return found
    const others = found.filter((record) => record.id !== this.#id)
    return this.#before !== undefined && refersTo(this.#before, field, id) ? [...others, this.#before] : others
  }
}
