import type { Machine } from '@stateward/contract'

/** A machine with one process on it, number 7. */
export const simMachine: Machine = { pid: 7, host: 'simulated', startOf: () => '1', isAlive: (pid) => pid === 7 }
