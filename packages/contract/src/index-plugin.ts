import type { JsonValue, StoredRecord } from './json.ts'
import type { FieldKind } from './order.ts'

/** A small number ≥ 0 that stands for one live record in tables and indexes; used again after the record is deleted. */
export type Slot = number

/** One bound of a range. */
export interface Bound {
  readonly value: JsonValue
  readonly inclusive: boolean
}

/** What the planner asks of an index: equality on the leading fields, then at most one range or prefix on the next; or what a text contains. */
export interface Probe {
  /** Values of the leading fields, in the order of `Index.fields`; each is a set of alternatives (`in`). */
  readonly equal: readonly (readonly JsonValue[])[]
  readonly from?: Bound
  readonly to?: Bound
  /** A text that must stand within the text of the field, or among its items; only for an index with `texts`. */
  readonly contains?: string
}

export type Direction = 'asc' | 'desc'

/**
 * An index over the records of one type. It may over-answer (each hit is checked again), never under-answer.
 * Absence is not indexed by equality; an order index holds every record, absent values first.
 */
export interface Index {
  /** Unique within its type; shown by `explain`. */
  readonly name: string
  /** The fields it looks at, leading first. */
  readonly fields: readonly string[]
  /** How many leading fields `Probe.equal` may name, and whether the next one may be bounded. */
  readonly shape: { readonly equal: number; readonly range: boolean }
  /** Present where what it gives must be looked at before it is even counted. Of an index of a domain's own that is always so. */
  readonly approximate?: true
  /** Upper estimate of the rows that `lookup` gives; cheap: no more than a binary search a key. */
  estimate(probe: Probe): number
  /** Slots that may match, each once, in no order. */
  lookup(probe: Probe): Iterable<Slot>
  /**
   * Present where it is seen by one look whether `lookup(probe)` gives a slot: what can be asked of each, right until the index
   * changes. `undefined` where it cannot be seen for this probe. Others are intersected by walking through what they give.
   */
  has?(probe: Probe): ((slot: Slot) => boolean) | undefined
  /** Keeps the index true to one record. `before` is `undefined` for a new one, `after` for a deleted one. */
  update(slot: Slot, before: StoredRecord | undefined, after: StoredRecord | undefined): void
  clear(): void
  /** Entries held: equal to the number of records indexed, where each record has one entry. */
  size(): number
  /** The memory it holds: exactly what is in typed arrays, about what is on the heap. Cheap: a hundredth of a look at each entry. */
  bytes(): number
  /** Present where the index keeps an order on the field behind the equal ones. */
  readonly sorted?: {
    /**
     * Slots in the order of that field within one combination of equal values (no `in`), ties by id ascending in both
     * directions, within the probe's bounds.
     */
    scan(direction: Direction, probe: Probe): Iterable<Slot>
  }
  /**
   * Present where each element of an array is an entry of its own, so that `contains` can be answered. While some record
   * holds a text in the field, `holdsTexts` is true and the planner must not use it: a text is searched by substring.
   */
  readonly membership?: { holdsTexts(): boolean }
  /**
   * Present where `Probe.contains` is answered, of the one field that the index has: with each record whose text has this text
   * within it, or whose list has it as an item, as `Operators.contains` says. For fewer UTF-16 code units than `leastUnits` the
   * planner does not ask.
   */
  readonly texts?: { readonly leastUnits: number }
  /** Present where counts by the values of the one leading field are kept, not counted. */
  readonly counters?: { counts(): Iterable<readonly [value: JsonValue, count: number]> }
  /** Present where the index can be saved as bytes; one without it is built again from the records. */
  readonly image?: IndexImage
}

/** What an index of a domain's own may know when it is made. */
export interface IndexContext {
  /** How the values of a field compare. */
  kindOf(field: string): FieldKind
  /** The id of the record in a slot. */
  idOf(slot: Slot): string
}

/**
 * Makes an index of a domain's own: empty, and each time another one with the same name, fields and shape. It is asked for lookups:
 * for `equal`, a range, `membership`, `texts`. What it gives is checked against the records, so it may give too much; that it gives too little is found by
 * the comparison with the records. `sorted`, `counters` and `has` are never asked, because what they say would not be checked.
 */
export type MakeIndex = (context: IndexContext) => Index

/** An index as bytes, so that opening need not look at the records. */
export interface IndexImage {
  /** Names the layout of the bytes: an image is only loaded by an index whose `format` is the same. */
  readonly format: string
  /**
   * The index as it is at the call: bytes one behind the other, each part the caller's own and a multiple of 8 long. Who calls goes through
   * all of them, once, or ends the iteration; between two of them others have their turns, and the index changes. So a part that is made
   * only when it is asked for must be what it would have been at the call: keep aside what changes meanwhile, page by page.
   */
  save(): Iterable<Uint8Array>
  /**
   * Makes this index, which must be empty, what it was when the bytes behind `source` were saved. It may leave most of them
   * unread until it is asked for what they hold. Throws where they make no sense, then or later.
   */
  load(source: ImageSource): void
  /**
   * The store is closed: gives out the typed arrays that hold the index and that nobody else holds, to be emptied, and holds
   * nothing. Who asks the index all the same is told `CLOSED`. Absent: the garbage collector finds them in its time.
   */
  release?(): readonly ArrayBufferView[]
}

/** The bytes of an image, to be read piece by piece. */
export interface ImageSource {
  readonly bytes: number
  /** A copy of these bytes, in a buffer of its own. Throws where they do not read as they were saved. */
  read(at: number, bytes: number): Uint8Array<ArrayBuffer>
  /**
   * Hands over what reads all that has been left unread: it is run in slices, soon, and before the index changes in a store
   * that is open. Each step says where the bytes begin that it will read when it is resumed. Afterwards nothing is read any more.
   */
  later(rest: Iterable<number>): void
}
