import type { Past, PastVersion } from '../contender.ts'
import { inFlight } from './in-flight.ts'
import type { WorkState } from './work-state.ts'

const writesInFlight = 1_024

export class StatewardPast implements Past {
  readonly #state: WorkState

  constructor(state: WorkState) {
    this.#state = state
  }

  async write(names: Iterable<{ readonly id: string; readonly name: string }>): Promise<void> {
    const made = new Set<string>()
    await inFlight(names, writesInFlight, ({ id, name }) => {
      if (made.has(id)) return this.#state.plan.update(id, { name })
      made.add(id)
      return this.#state.plan.create({ id, name })
    })
  }

  async commits(): Promise<number> {
    return (await this.#state.stats()).lastSeq
  }

  async nameAt(id: string, seq: number): Promise<string | undefined> {
    return (await (await this.#state.asOf(seq)).plan.get(id))?.name
  }

  async history(id: string): Promise<readonly PastVersion[]> {
    const versions: PastVersion[] = []
    for await (const { seq, record } of this.#state.plan.history(id)) versions.push({ seq, name: record?.name ?? '' })
    return versions
  }
}
