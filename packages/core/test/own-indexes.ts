import type { Index, JsonValue, MakeIndex, Probe, Slot } from '@stateward/contract'

/** Slots under keys that a value is reduced to. */
class Buckets {
  readonly #by = new Map<string, Set<Slot>>()

  get keys(): readonly string[] {
    return [...this.#by.keys()]
  }

  of(keys: Iterable<string>): Set<Slot> {
    return new Set([...keys].flatMap((key) => [...(this.#by.get(key) ?? [])]))
  }

  move(slot: Slot, from: readonly string[], to: readonly string[]): void {
    for (const key of from) this.#by.get(key)?.delete(slot)
    for (const key of to) this.#by.set(key, (this.#by.get(key) ?? new Set()).add(slot))
  }

  fill(entries: readonly (readonly [key: string, slots: readonly Slot[]])[]): void {
    for (const [key, slots] of entries) this.#by.set(key, new Set(slots))
  }

  get entries(): readonly (readonly [string, readonly Slot[]])[] {
    return [...this.#by].map(([key, slots]) => [key, [...slots]])
  }

  clear(): void {
    this.#by.clear()
  }

  get size(): number {
    return [...this.#by.values()].reduce((sum, { size }) => sum + size, 0)
  }
}

/** Finds records by the first two letters of a field: it gives many too much. */
export function byStart(field: string, change: (made: Index) => Partial<Index> = () => ({})): MakeIndex {
  return () => {
    const buckets = new Buckets()
    const keysOf = (value: JsonValue | undefined): string[] => (value === undefined ? [] : [String(value).slice(0, 2)])
    const found = ({ equal: [values = []] }: Probe): Set<Slot> => buckets.of(values.flatMap(keysOf))
    const made = {
      ...common(`${field} start`, [field], buckets),
      shape: { equal: 1, range: false },
      lookup: found,
      estimate: (probe: Probe) => found(probe).size,
      update: (...[slot, before, after]: Parameters<Index['update']>) =>
        buckets.move(slot, keysOf(before?.[field]), keysOf(after?.[field])),
    }
    return { ...made, ...change(made) }
  }
}

/** Finds texts that contain a text, by the words they are made of. `hasImage`: it can be saved. */
export function byWords(field: string, hasImage = false): MakeIndex {
  return () => {
    const buckets = new Buckets()
    const wordsOf = (value: JsonValue | undefined): string[] =>
      [value].flat().flatMap((text) => (typeof text === 'string' ? [...new Set(text.split(' '))] : []))
    const found = ({ contains = '' }: Probe): Set<Slot> => {
      const longest = contains.split(' ').reduce((best, one) => (one.length > best.length ? one : best), '')
      return buckets.of(buckets.keys.filter((word) => word.includes(longest)))
    }
    return {
      ...common(`${field} words`, [field], buckets),
      shape: { equal: 0, range: false },
      texts: { leastUnits: 1 },
      lookup: found,
      estimate: (probe) => found(probe).size,
      update: (slot, before, after) => buckets.move(slot, wordsOf(before?.[field]), wordsOf(after?.[field])),
      ...(hasImage && { image: imageOf(buckets) }),
    }
  }
}

function imageOf(buckets: Buckets): NonNullable<Index['image']> {
  return {
    format: 'words 1',
    save() {
      const text = JSON.stringify(buckets.entries)
      return [Buffer.from(text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8))]
    },
    load: (source) => buckets.fill(JSON.parse(Buffer.from(source.read(0, source.bytes)).toString())),
  }
}

function common(
  name: string,
  fields: readonly string[],
  buckets: Buckets,
): Omit<Index, 'shape' | 'lookup' | 'estimate' | 'update'> {
  return { name, fields, clear: () => buckets.clear(), size: () => buckets.size, bytes: () => buckets.size * 40 + 1 }
}
