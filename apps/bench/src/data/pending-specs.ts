import type { DataSet } from './data-set.ts'
import { hash } from './hash.ts'
import type { Item } from './item.ts'
import { uuidv7 } from './uuid.ts'

const specsPerPlan = 20
const waitsEvery = 4
// Older than every record of the data set.
const firstMs = Date.parse('2025-06-01T00:00:00.000Z')
const createdEveryMs = 10

/** As many pending specs as a data set has records, in plans of their own; every fourth waits for the one before it. */
export class PendingSpecs {
  readonly #data: DataSet

  constructor(data: DataSet) {
    this.#data = data
  }

  *batches(rows: number): Generator<readonly Item[]> {
    const { size } = this.#data
    yield* chunked(rows, Math.ceil(size / specsPerPlan), (plan) => this.#plan(plan))
    yield* chunked(rows, size, (spec) => this.#spec(spec))
  }

  #plan(at: number): Item {
    const given = this.#given(at, at * specsPerPlan, 21)
    return { type: 'plan', data: { ...given, name: `plan ${at}`, description: '', status: 'running' } }
  }

  #spec(at: number): Item {
    const plan = Math.floor(at / specsPerPlan)
    const dependencies = at % waitsEvery === waitsEvery - 1 ? [this.#given(at - 1, at - 1, 22).id] : []
    return {
      type: 'spec',
      data: {
        ...this.#given(at, at, 22),
        plan_id: this.#given(plan, plan * specsPerPlan, 21).id,
        name: `spec ${at}`,
        description: 'what there is to be done, in a sentence or two of some length',
        dependencies,
        acceptance_criteria: ['it is done'],
        status: 'pending',
      },
    }
  }

  #given(index: number, age: number, salt: number): Pick<Item['data'], 'id' | 'created_at' | 'updated_at'> {
    const ms = firstMs + age * createdEveryMs
    const time = new Date(ms).toISOString()
    return { id: uuidv7(ms, index, hash(this.#data.seed, index, salt)), created_at: time, updated_at: time }
  }
}

function* chunked(rows: number, count: number, make: (at: number) => Item): Generator<readonly Item[]> {
  for (let from = 0; from < count; from += rows)
    yield Array.from({ length: Math.min(rows, count - from) }, (_, at) => make(from + at))
}
