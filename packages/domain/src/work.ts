import {
  type AskOptions,
  type Commanded,
  type Endpoint,
  type JsonObject,
  type Operation,
  StatewardError,
  type StoredRecord,
  type WriteOptions,
} from '@stateward/contract'
import type { Claim } from './claim.ts'
import type { Execution, TargetType } from './execution.ts'
import type { Spec } from './spec.ts'
import { asTyped } from './typed-answers.ts'
import type { WorkCommand, WorkQuestion } from './work-procedures.ts'

/** What a worker says when it claims. */
export interface ClaimTerms {
  /** Names the worker to people, 1 to 500 characters. Two workers of one name are kept apart by their tokens. */
  readonly holder: string
  /** How long the claim lives without a heartbeat, in milliseconds, 1 to `claimLimits.longestTtlMs`. */
  readonly ttlMs: number
  /** `loop_type` of the execution; default `claim`. */
  readonly loopType?: string
}

/** A claim that was made. `id` and `token` are what every later call of the holder needs. */
export interface Held {
  /** Id of the target. */
  readonly id: string
  readonly token: number
  readonly claim: Claim
  readonly execution: Execution
}

/** The token that lets a holder through. */
export interface Fence {
  readonly id: string
  readonly token: number
}

export interface ReleaseTerms {
  /** `completed` and `failed` end the target so; `returned` makes it wait again. */
  readonly outcome: 'completed' | 'failed' | 'returned'
  readonly error?: { readonly code: string; readonly message: string }
  /** Cancels what is still open below; default false. */
  readonly cascade?: boolean
}

/** Something that keeps a spec from being begun; `status` is `deleted` where there is no such record. */
export interface Blocker {
  readonly type: 'plan' | 'spec'
  readonly id: string
  readonly status: string
}

/** Milliseconds, tokens and the unit that `total_cost` is kept in. */
export interface Rollup {
  readonly executions: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cost: number
  readonly durationMs: number
  readonly retries: number
  readonly byStatus: Readonly<Record<string, number>>
  /** `none` for a failure without a code. */
  readonly failuresByCode: Readonly<Record<string, number>>
}

export type CommandOptions = WriteOptions & AskOptions

/** The questions and commands of the built-in domain, over any endpoint. Reject with what the endpoint rejects with. */
export interface Work {
  /**
   * Specs that can be begun now and that nobody holds, oldest first: pending, every dependency completed, of a plan that
   * is not blocked, completed, failed, cancelled or deleted. `limit` 1 to 1 000, default 20. Cost follows the answer;
   * the first call after an opening reads every pending spec once.
   */
  ready(options?: { readonly planId?: string; readonly limit?: number }, asking?: AskOptions): Promise<readonly Spec[]>
  /** What keeps a spec from being begun, and where that begins. `NOT_FOUND`. */
  blockers(
    id: string,
    asking?: AskOptions,
  ): Promise<{ readonly direct: readonly Blocker[]; readonly roots: readonly Blocker[] }>
  /** Ids of the specs that this one's completion would make ready, and of all the open ones behind it. `NOT_FOUND`. */
  unblocks(
    id: string,
    asking?: AskOptions,
  ): Promise<{ readonly ready: readonly string[]; readonly behind: readonly string[] }>
  /** Open specs of a plan that wait for one that failed, was cancelled or deleted. `NOT_FOUND`. */
  deadEnds(
    planId: string,
    asking?: AskOptions,
  ): Promise<readonly { readonly id: string; readonly roots: readonly Omit<Blocker, 'type'>[] }[]>
  /** Ids of the specs of a plan by levels of dependency, and its longest chain of open specs. `NOT_FOUND`. */
  levels(
    planId: string,
    asking?: AskOptions,
  ): Promise<{
    readonly levels: readonly (readonly string[])[]
    readonly cyclic: readonly string[]
    readonly criticalPath: readonly string[]
  }>
  /** Whatever does not fit together in a plan. `NOT_FOUND`. */
  integrity(
    planId: string,
    asking?: AskOptions,
  ): Promise<{
    readonly cyclic: readonly string[]
    readonly dangling: readonly {
      readonly id: string
      readonly dependency: string
      readonly reason: 'deleted' | 'other-plan'
    }[]
    readonly openUnderCompleted: readonly { readonly id: string; readonly whole: string }[]
  }>
  /** What a plan has used up, by all executions under it, or those updated since a time (RFC 3339). `NOT_FOUND`. */
  rollup(planId: string, options?: { readonly since?: string }, asking?: AskOptions): Promise<Rollup>
  /** Executions that run while nobody holds a live claim for them. `limit` 1 to 1 000, default 100. */
  unclaimed(options?: { readonly limit?: number }, asking?: AskOptions): Promise<readonly Execution[]>
  /**
   * Claims a target in one commit: begins it where it is pending, and an execution of it. `CONFLICT` (`details.holder`)
   * while another claim lives; `ILLEGAL_TRANSITION` where it cannot run; `NOT_FOUND`.
   */
  claim(
    target: { readonly type: TargetType; readonly id: string },
    terms: ClaimTerms,
    options?: CommandOptions,
  ): Promise<Held>
  /** As `claim`, of the oldest ready spec (of a plan); `undefined` where there is none. Two callers never get the same. */
  claimNext(terms: ClaimTerms & { readonly planId?: string }, options?: CommandOptions): Promise<Held | undefined>
  /** The claim lives on for its time from now; `ttlMs` changes that. `FENCED` where the token holds it no more. */
  heartbeat(fence: Fence, terms?: { readonly ttlMs?: number }, options?: CommandOptions): Promise<Claim>
  /** Ends the claim and its execution, and the target's run. `FENCED`, and what guards completion. */
  release(fence: Fence, terms: ReleaseTerms, options?: CommandOptions): Promise<Claim>
  /** Operations in one commit, made only while the token holds the claim: `FENCED` else, and none of them is made. */
  fenced(fence: Fence, operations: readonly Operation[], options?: CommandOptions): Promise<Commanded>
  /**
   * Ends claims that have outlived their time, at most `limit` (1 to 500, default 500), in one commit: the execution
   * fails with `CLAIM_EXPIRED`, the target waits again. Answers with the claims that it ended. Nothing expires otherwise.
   */
  reap(options?: { readonly limit?: number }, writing?: CommandOptions): Promise<readonly Claim[]>
}

/** The typed face of the built-in domain's questions and commands: `work(state).claimNext({ holder, ttlMs })`. */
export function work(endpoint: Endpoint): Work {
  const ask = async <T>(name: WorkQuestion, body: JsonObject, asking?: AskOptions): Promise<T> =>
    asTyped(await endpoint.ask('question', { name, body }, asking))
  const tell = (name: WorkCommand, body: JsonObject, options: CommandOptions = {}): Promise<Commanded> => {
    const { signal, timeoutMs, ...write } = options
    const asking = { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
    return endpoint.ask('command', { name, body, ...write }, asking)
  }
  return {
    ready: (options = {}, asking) => ask('ready', { ...options }, asking),
    blockers: (id, asking) => ask('blockers', { id }, asking),
    unblocks: (id, asking) => ask('unblocks', { id }, asking),
    deadEnds: (planId, asking) => ask('deadEnds', { planId }, asking),
    levels: (planId, asking) => ask('levels', { planId }, asking),
    integrity: (planId, asking) => ask('integrity', { planId }, asking),
    rollup: (planId, options = {}, asking) => ask('rollup', { planId, ...options }, asking),
    unclaimed: (options = {}, asking) => ask('unclaimed', { ...options }, asking),
    claim: async ({ type, id }, terms, options) => heldIn(await tell('claim', { type, id, ...terms }, options)),
    async claimNext(terms, options) {
      const commanded = await tell('claimNext', { ...terms }, options)
      return commanded.changed.length === 0 ? undefined : heldIn(commanded)
    },
    heartbeat: async ({ id, token }, terms = {}, options) =>
      claimIn(await tell('heartbeat', { id, token, ...terms }, options)),
    release: async ({ id, token }, terms, options) => claimIn(await tell('release', { id, token, ...terms }, options)),
    fenced: ({ id, token }, operations, options) =>
      // Operations are plain JSON; their interfaces only lack the index signature.
      tell('fenced', { id, token, operations: asTyped(operations) }, options),
    reap: async (options = {}, writing) => claimsIn(await tell('reap', { ...options }, writing)),
  }
}

function heldIn(commanded: Commanded): Held {
  const claim = claimIn(commanded)
  const execution = recordsOf(commanded, 'execution').find(({ id }) => id === claim.execution_id)
  if (execution === undefined) throw ofAnotherKind()
  return { id: claim.id, token: claim.token, claim, execution: asTyped(execution) }
}

function claimIn(commanded: Commanded): Claim {
  const [claim] = claimsIn(commanded)
  if (claim === undefined) throw ofAnotherKind()
  return claim
}

function claimsIn(commanded: Commanded): readonly Claim[] {
  return asTyped(recordsOf(commanded, 'claim'))
}

function recordsOf({ changed }: Commanded, type: string): readonly StoredRecord[] {
  return changed.flatMap((one) => (one.type === type && one.record !== undefined ? [one.record] : []))
}

function ofAnotherKind(): StatewardError {
  return new StatewardError(
    'INVALID',
    'expected the txid of the same command, found that of another write; use a new one',
  )
}
