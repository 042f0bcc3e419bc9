import {
  type Index,
  type JsonValue,
  type MakeIndex,
  type Probe,
  type Slot,
  type StoredRecord,
  sameValue,
} from '@stateward/contract'
import { type Bench, type Case, caseOf } from '../case.ts'
import { Seeded } from '../seeded.ts'

/** What an index is made by, and which of its fields hold times. */
export interface OpenedIndex {
  readonly make: MakeIndex
  readonly times?: readonly string[]
}

export type OpenIndex = () => Promise<OpenedIndex>
export type IndexCase = Case<OpenIndex>

const values: readonly JsonValue[] = [
  ...['', 'a', 'ab', 'abc', 'abcd', 'Abc', 'é', 'a needle in the hay', 'the hay', '10'],
  ...[0, -1, 10, 2.5, true, null, ['abc', 'the hay'], ['a'], [], { a: 1 }],
]
const moments = ['2026-01-01T10:00:00+02:00', '2026-01-01T08:00:00Z', '2026-01-01T08:00:01Z', 'no time']

/** An index, and the records that it was told of. */
export class IndexTrial implements Bench {
  readonly subject = 'this index'
  readonly records: Map<Slot, StoredRecord> = new Map()
  readonly seeded: Seeded = new Seeded(7)
  index: Index
  readonly #opened: OpenedIndex
  #changes = 0

  constructor(opened: OpenedIndex) {
    this.#opened = opened
    this.index = this.made()
  }

  /** Another one, empty. */
  made(): Index {
    return this.#opened.make({
      kindOf: (field) => this.#kindOf(field),
      idOf: (slot) => this.records.get(slot)?.id ?? '',
    })
  }

  #kindOf(field: string): 'time' | 'value' {
    return this.#opened.times?.includes(field) === true ? 'time' : 'value'
  }

  /** Creates, changes or deletes a record in one of a few slots. */
  change(): void {
    const slot = this.seeded.below(40)
    const before = this.records.get(slot)
    const after = before !== undefined && this.seeded.once(4) ? undefined : this.#record(slot)
    // An id is known while its record is told of.
    if (after !== undefined) this.records.set(slot, after)
    this.index.update(slot, before, after)
    if (after === undefined) this.records.delete(slot)
  }

  changes(count: number): void {
    for (let at = 0; at < count; at++) this.change()
  }

  #record(slot: Slot): StoredRecord {
    const system = { id: `r${slot}`, rev: ++this.#changes, created_at: moments[1] ?? '', updated_at: moments[2] ?? '' }
    const fields = this.index.fields
      .filter(() => !this.seeded.once(5))
      .map((field) => [field, this.#value(field)] as const)
    return { ...Object.fromEntries(fields), ...system }
  }

  #value(field: string): JsonValue {
    return this.seeded.pick(this.#kindOf(field) === 'time' ? moments : values)
  }

  /** Everything that the shape lets a store ask: with the slots that must be among the answer. */
  *questions(): Generator<{ readonly probe: Probe; readonly owed: readonly Slot[] }> {
    const { fields, shape, membership, texts } = this.index
    const [first = ''] = fields
    if (texts !== undefined) {
      for (const contains of ['abc', 'the hay', 'needle', 'a', 'é'].filter(({ length }) => length >= texts.leastUnits))
        yield { probe: { equal: [], contains }, owed: this.#slots((record) => holdsText(record[first], contains)) }
    }
    for (const record of this.records.values()) {
      const leading = fields.slice(0, shape.equal)
      const held = leading.flatMap((field) => (record[field] === undefined ? [] : [record[field]]))
      if (held.length < shape.equal || (shape.equal === 0 && !shape.range)) continue
      if (membership !== undefined) {
        for (const item of [record[first]].flat())
          if (item !== undefined)
            yield { probe: { equal: [[item]] }, owed: this.#slots((one) => hasItem(one[first], item)) }
        continue
      }
      const equal = held.map((value) => [value])
      const isSame = (one: StoredRecord): boolean =>
        leading.every((field) => sameValue(one[field], record[field], this.#kindOf(field)))
      if (!shape.range) yield { probe: { equal }, owed: this.#slots(isSame) }
      const next = fields[shape.equal] ?? ''
      const value = record[next]
      if (!shape.range || value === undefined) continue
      const bound = { value, inclusive: true }
      const owed = this.#slots((one) => isSame(one) && sameValue(one[next], value, this.#kindOf(next)))
      yield { probe: { equal, from: bound, to: bound }, owed }
      yield { probe: { equal, from: bound }, owed }
      yield { probe: { equal, to: bound }, owed }
    }
  }

  #slots(matches: (record: StoredRecord) => boolean): readonly Slot[] {
    return [...this.records].flatMap(([slot, record]) => (matches(record) ? [slot] : []))
  }

  async close(): Promise<void> {}
}

function holdsText(held: JsonValue | undefined, asked: string): boolean {
  return (typeof held === 'string' || Array.isArray(held)) && held.includes(asked)
}

/** A list is asked for by its items only. */
function hasItem(held: JsonValue | undefined, item: JsonValue): boolean {
  return [held].flat().some((one) => sameValue(one, item, 'value'))
}

/** A case of the index contract. */
export function indexCase(promise: string, body: (trial: IndexTrial) => Promise<void>): IndexCase {
  return caseOf('index', promise, async (open: OpenIndex) => new IndexTrial(await open()), body)
}
