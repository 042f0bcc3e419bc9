import { expectEqual } from '../check.ts'
import type { Row } from '../contender.ts'
import type { DataSet } from '../data/data-set.ts'
import { hash } from '../data/hash.ts'
import { readsOf } from '../part-of.ts'
import type { Session } from '../session.ts'

const looks = 200

/** Chooses which phase is updated next; each caller has phases of its own, so that the last update of each is known. */
export class Updates {
  /** By index of the record, the number of its last update. */
  readonly last: Map<number, number> = new Map()
  readonly #data: DataSet
  readonly #phases: Int32Array
  readonly #callers: number
  #count = 0

  constructor(data: DataSet, callers: number) {
    this.#data = data
    this.#callers = callers
    this.#phases = data.indicesOf('phase')
    if (this.#phases.length < callers) throw new Error(`expected at least ${callers} phases, one a caller`)
  }

  next(caller: number): { readonly index: number; readonly count: number } {
    const count = this.#count++
    const own = Math.floor(this.#phases.length / this.#callers)
    const index = this.#phases[(hash(this.#data.seed, count, 8) % own) * this.#callers + caller] ?? 0
    this.last.set(index, count)
    return { index, count }
  }
}

/** The last update of each record is there when the store is opened again. */
export async function checkUpdated(session: Session, updates: Updates): Promise<void> {
  const reads = readsOf(await session.open())
  const every = Math.ceil(updates.last.size / looks)
  const looked = [...updates.last].filter((_, at) => at % every === 0)
  for (const [index, count] of looked) {
    const row = await reads.get('phase', session.data.idAt(index))
    const { description, updated_at } = session.data.changes(count)
    expectEqual(
      `update ${count} after reopening`,
      [description, updated_at],
      fieldsOf(row, 'description', 'updated_at'),
    )
  }
}

function fieldsOf(row: Row | undefined, ...names: readonly string[]): readonly unknown[] {
  const found = new Map<string, unknown>(Object.entries(row ?? {}))
  return names.map((name) => found.get(name))
}
