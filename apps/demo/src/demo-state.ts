import type { JsonObject, Schema } from '@stateward/contract'
import { defineDomain, domain, entity, openState, type State } from 'stateward'

export type DemoState = State<typeof domain>

/** Takes any object: what somebody else's records look like is theirs to say. */
const anything: Schema<JsonObject, JsonObject> = {
  '~standard': { version: 1, vendor: 'stateward-demo', validate: (value) => ({ value: value as JsonObject }) },
}

/** Opens a directory with the built-in domain, and with types of the user's own, whose ids are theirs too. */
export function openDemoState(dir: string, types: readonly string[]): Promise<DemoState> {
  const own = Object.fromEntries(types.map((type) => [type, entity({ schema: anything, id: 'string' })]))
  // The demo works with the built-in types; the others stand beside them.
  const all = defineDomain({ ...own, ...domain.entities }) as typeof domain
  return openState(dir, { domain: all, owner: `demo, pid ${process.pid}` })
}
