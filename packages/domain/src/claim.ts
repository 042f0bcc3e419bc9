import { type Entity, entity, type Rule, type Schema, type SystemFields } from '@stateward/contract'
import { z } from 'zod'
import { type TargetType, targetTypes } from './execution.ts'
import { idSchema, nameSchema } from './text-schema.ts'

/** `held` from the claim to its end, whatever the clock says: it expires in fact when somebody acts on it. */
export const claimStatuses = ['held', 'released', 'expired'] as const

export type ClaimStatus = (typeof claimStatuses)[number]

/** Who works at a plan, a spec or a phase: one record a target, under the id of the target, and it is never deleted. */
export interface ClaimFields {
  readonly target_type: TargetType
  readonly target_id: string
  /** The execution that this claim began. */
  readonly execution_id: string
  /** Names the worker to people; it is the token that tells one from another. */
  readonly holder: string
  /** Fencing token: counts the claims of this target, so that a later holder always has the greater one. */
  readonly token: number
  /** How long it lives after the claim, and after each heartbeat. */
  readonly ttl_ms: number
  /** Heartbeats of this claim. */
  readonly beats: number
  readonly status: ClaimStatus
}

/** A claim as it is read. */
export type Claim = ClaimFields & SystemFields

/** The bounds of `ttl_ms`, in milliseconds: a day is a long time for a worker to say nothing. */
export const claimLimits = { shortestTtlMs: 1, longestTtlMs: 86_400_000 } as const

const schema: Schema<ClaimFields, ClaimFields> = z.looseObject({
  target_type: z.enum(targetTypes),
  target_id: idSchema,
  execution_id: idSchema,
  holder: nameSchema,
  token: z.int().min(1),
  ttl_ms: z.int().min(claimLimits.shortestTtlMs).max(claimLimits.longestTtlMs),
  beats: z.int().min(0),
  status: z.enum(claimStatuses),
})

/** The token only grows, and the record that counts it stays where it is: or a former holder's token would be good again. */
const tokenRule: Rule = ({ before, after }) => {
  if (after === undefined)
    return {
      code: 'RESTRICTED',
      message: `claim ${before?.id} keeps the tokens of its target apart: release it instead`,
    }
  if (after.id !== after.target_id)
    return {
      code: 'INVALID',
      message: `expected a claim under the id of its target ${after.target_id}, found ${after.id}`,
    }
  if (before === undefined || (typeof after.token === 'number' && after.token >= Number(before.token))) return undefined
  return {
    code: 'INVALID',
    message: `expected the token of claim ${after.id} to grow from ${before.token}, found ${after.token}`,
  }
}

/** A claim of a target by a worker. Written by the commands; see `work`. */
export const claim: Entity<
  ClaimFields,
  ClaimFields,
  'string',
  { readonly target_id: TargetType; readonly execution_id: 'execution' }
> = entity({
  schema,
  id: 'string',
  fields: ['target_type', 'target_id', 'execution_id', 'holder', 'token', 'ttl_ms', 'beats', 'status'],
  indexes: [['status', 'updated_at'], 'holder'],
  refs: {
    target_id: { to: { typeField: 'target_type', types: targetTypes }, onDelete: 'keep' },
    execution_id: { to: 'execution', onDelete: 'keep' },
  },
  status: {
    field: 'status',
    initial: 'held',
    transitions: { held: ['released', 'expired'], released: ['held'], expired: ['held'] },
  },
  rules: [tokenRule],
  version: 1,
})
