import type { Claim } from './claim.ts'

export type MachineRig = never

/** Rigs that need a real machine: processes, file systems, signals. */
export const machineClaims: Readonly<Record<MachineRig, Claim>> = {}
