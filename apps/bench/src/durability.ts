/**
 * What an acknowledged write survives, in this very configuration. `power`: synced before the acknowledgement. `process`:
 * handed to the operating system, gone with a power cut. `none`: kept nowhere, or for limits, which promise nothing.
 */
export type Durability = 'power' | 'process' | 'none'
