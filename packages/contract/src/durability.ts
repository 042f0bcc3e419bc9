/**
 * What an acknowledgement means to a caller, weakest first. Per write a caller may only raise the store's level.
 * - `none`: the storage has taken the bytes.
 * - `interval`: as `none`, and the storage syncs at least every so many milliseconds.
 * - `commit`: the strongest promise this storage makes; `Caps.survives.commit` says which.
 */
export type Durability = 'none' | 'interval' | 'commit'

/** From weakest to strongest. */
export const durabilityLevels: readonly Durability[] = ['none', 'interval', 'commit']

/**
 * What acknowledged bytes survive. `memory`: nothing. `process`: the death of the process that holds them.
 * `power`: power loss of the machines that hold them. `quorum`: the loss of a minority of machines.
 */
export type Survival = 'memory' | 'process' | 'power' | 'quorum' | 'quorum+power'
