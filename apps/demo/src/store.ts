import type { domain, State } from 'stateward'

/** A store of the built-in types. */
export type Store = State<typeof domain>
