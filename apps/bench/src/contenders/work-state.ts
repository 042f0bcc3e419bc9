import type { domain, State } from 'stateward'

/** An open store of the built-in domain. */
export type WorkState = State<typeof domain>
