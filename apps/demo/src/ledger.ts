import type { JsonObject } from '@stateward/contract'
import type { DemoState } from './demo-state.ts'
import type { Acknowledged } from './messages.ts'

/** What the store said was durable, against what is found in it. */
export interface Comparison {
  /** Records of which a version was acknowledged. */
  readonly records: number
  readonly found: number
  /** One line each: what was acknowledged, what was found. */
  readonly lost: readonly string[]
}

/** Keeps the last acknowledged version of every record. */
export class Ledger {
  readonly #last = new Map<string, Acknowledged>()
  /** Commits that were acknowledged. */
  commits = 0

  add(writes: readonly Acknowledged[], commits: number): void {
    for (const write of writes) this.#last.set(write.id, write)
    this.commits += commits
  }

  /** Looks each record up. A later version may be there: it was written, and the kill came before its acknowledgement. */
  async compare(state: DemoState): Promise<Comparison> {
    const lost: string[] = []
    for (const write of this.#last.values()) {
      const record: JsonObject | undefined = await state.ask('get', { type: write.type, id: write.id })
      const why = whyLost(write, record)
      if (why !== undefined)
        lost.push(`${write.type} ${write.id}: acknowledged rev ${write.rev} (${write.status}), ${why}`)
    }
    return { records: this.#last.size, found: this.#last.size - lost.length, lost }
  }
}

function whyLost({ rev, status, iteration }: Acknowledged, record: JsonObject | undefined): string | undefined {
  if (record === undefined) return 'found nothing'
  const found = Number(record.rev)
  if (found > rev) return undefined
  if (found < rev) return `found rev ${found}`
  if (record.status !== status) return `found status ${String(record.status)}`
  if (iteration !== undefined && record.iteration_count !== iteration)
    return `found iteration ${String(record.iteration_count)}`
  return undefined
}
