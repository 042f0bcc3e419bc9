import { type ActorRig, actorClaims } from './actor-claims.ts'
import type { Claim } from './claim.ts'
import { type MachineRig, machineClaims } from './machine-claims.ts'
import { type SimulatedRig, simulatedClaims } from './simulated-claims.ts'

export type RigId = SimulatedRig | MachineRig | ActorRig

/** Every claim there is, by the id of its rig: the one list that RELIABILITY.md, the rigs and the guard share. */
export const claims: Readonly<Record<RigId, Claim>> = { ...simulatedClaims, ...machineClaims, ...actorClaims }
