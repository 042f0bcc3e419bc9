import {
  type Entity,
  fieldKind,
  type Index,
  type IndexContext,
  type IndexImage,
  type MakeIndex,
  type Probe,
  type Slot,
  type StoredRecord,
} from '@stateward/contract'
import type { IdTable } from '../ids/id-table.ts'
import type { CustomIndex } from './field-index.ts'

/** The live records of the type. */
type Rows = Pick<IdTable, 'slots' | 'isLive' | 'idOf' | 'size'>
type Described = Pick<Index, 'name' | 'fields' | 'shape'>

/** What was made the first time: one that cannot be made again is called as it was. */
const firstMade = new WeakMap<MakeIndex, Described>()

/** The indexes that a domain gives for a type itself, in their order; empty. Throws nothing: `checkCustomIndexes` has looked at them. */
export function customIndexesFor(entity: Entity, rows: Rows): readonly CustomIndex[] {
  return entity.customIndexes.map((make) => {
    const inner = madeBy(make, contextOf(entity, rows))
    const { name, fields, shape } = firstMade.get(make) ?? inner
    const described = { name, fields, shape }
    firstMade.set(make, described)
    return new GuardedIndex(inner, described, rows)
  })
}

export function contextOf(entity: Entity, rows: Pick<Rows, 'idOf'>): IndexContext {
  return { kindOf: (field) => fieldKind(entity, field), idOf: (slot) => rows.idOf(slot) }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** One that cannot be made fails when it is first asked for anything. */
function madeBy(make: MakeIndex, context: IndexContext): Index {
  try {
    return make(context)
  } catch (error) {
    const fails = (): never => {
      throw error
    }
    const asked = { estimate: fails, lookup: fails, update: fails, clear: fails, size: fails, bytes: fails }
    return { name: '', fields: [], shape: { equal: 0, range: false }, ...asked }
  }
}

class GuardedIndex implements CustomIndex {
  readonly isCustom = true
  readonly approximate = true
  readonly name: string
  readonly fields: readonly string[]
  readonly shape: Index['shape']
  readonly membership?: NonNullable<Index['membership']>
  readonly texts?: NonNullable<Index['texts']>
  readonly image?: IndexImage
  whenFailing: CustomIndex['whenFailing'] = () => undefined
  /** `undefined` when it has failed. */
  #inner: Index | undefined
  readonly #rows: Rows

  constructor(inner: Index, { name, fields, shape }: Described, rows: Rows) {
    this.#inner = inner
    this.#rows = rows
    this.name = name
    this.fields = fields
    this.shape = shape
    const { membership, texts, image } = inner
    if (texts !== undefined) this.texts = texts
    if (image !== undefined) this.image = this.#imageOf(image)
    if (membership !== undefined)
      this.membership = {
        holdsTexts: () =>
          this.#guarded(
            () => membership.holdsTexts(),
            () => true,
          ),
      }
  }

  lookup(probe: Probe): Iterable<Slot> {
    return this.#guarded(
      (index) => checkedSlots(index.lookup(probe), this.#rows),
      () => this.#rows.slots(),
    )
  }

  estimate(probe: Probe): number {
    return this.#guarded(
      (index) => checkedCount(index.estimate(probe)),
      () => this.#rows.size,
    )
  }

  update(slot: Slot, before: StoredRecord | undefined, after: StoredRecord | undefined): void {
    this.#guarded((index) => index.update(slot, before, after), nothing)
  }

  clear(): void {
    this.#guarded((index) => index.clear(), nothing)
  }

  size(): number {
    return this.#guarded((index) => checkedCount(index.size()), none)
  }

  bytes(): number {
    return this.#guarded((index) => checkedCount(index.bytes()), none)
  }

  #guarded<T>(work: (index: Index) => T, otherwise: () => T): T {
    if (this.#inner === undefined) return otherwise()
    try {
      return work(this.#inner)
    } catch (error) {
      this.#inner = undefined
      this.whenFailing(textOf(error))
      return otherwise()
    }
  }

  #imageOf(image: IndexImage): IndexImage {
    const gone = (): readonly never[] => []
    return {
      format: image.format,
      // All at once: one that fails half way leaves nothing that could be loaded.
      save: () => this.#guarded<readonly Uint8Array[]>(() => [...image.save()], gone),
      load(source) {
        // All at once: what fails later would take the rest of the checkpoint along.
        image.load({
          bytes: source.bytes,
          read: (from, bytes) => source.read(from, bytes),
          later: (rest) => {
            for (const _ of rest);
          },
        })
      },
      release: () => this.#guarded(() => image.release?.() ?? [], gone),
    }
  }
}

/** Of live records, each once: anything else would come out as a row. */
function checkedSlots(slots: Iterable<Slot>, rows: Rows): Iterable<Slot> {
  const found = new Set<Slot>()
  for (const slot of slots) {
    if (!Number.isInteger(slot) || !rows.isLive(slot))
      throw new RangeError(`a lookup gives ${String(slot)}, where no record is`)
    if (found.has(slot)) throw new RangeError(`a lookup gives ${slot} twice`)
    found.add(slot)
  }
  return found
}

function checkedCount(count: unknown): number {
  if (typeof count === 'number' && count >= 0) return count
  throw new RangeError(`a count is ${String(count)}`)
}

const none = (): number => 0
const nothing = (): void => undefined
