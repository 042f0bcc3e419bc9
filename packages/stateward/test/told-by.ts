import type { StateReader } from '@stateward/core'
import type { domain, State } from 'stateward'

/** Everything that a store tells of its records and their history, as plain data. */
export async function toldBy(state: State<typeof domain> | StateReader<typeof domain>): Promise<object> {
  const records: Record<string, unknown> = {}
  const versions: Record<string, number> = {}
  for (const type of ['plan', 'spec', 'phase', 'execution'] as const) {
    records[type] = await state[type].where().all()
    for (const { id } of await state[type].where().all()) {
      versions[id] = 0
      for await (const _ of state[type].history(id)) versions[id]++
    }
  }
  const { firstSeq, lastSeq } = await state.stats()
  return JSON.parse(JSON.stringify({ firstSeq, lastSeq, records, versions }))
}
