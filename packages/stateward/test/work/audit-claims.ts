import type { Change, Commit } from '@stateward/contract'

interface Known {
  readonly token: number
  readonly status: string
  readonly sinceMs: number
}

/** A moment of the store's own clock: everything up to this commit was durable by then. */
export interface Moment {
  readonly seq: number
  readonly ms: number
}

/**
 * Reads a log as an auditor would: who held what by which token when each write was made. Answers the claims made; throws
 * for a target that was taken from a live holder, a token that did not grow, and a write by a token that did not hold.
 */
export function auditClaims(commits: readonly Commit[], moments: readonly Moment[], ttlMs: number): number {
  const known = new Map<string, Known>()
  let claimed = 0
  let at = 0
  for (const { seq, changes } of commits) {
    while ((moments[at]?.seq ?? seq) < seq) at++
    const ms = moments[at]?.ms ?? 0
    for (const change of changes) if (change.type === 'claim') claimed += takeClaim(known, change, { seq, ms, ttlMs })
    for (const change of changes) if (change.type === 'spec') checkWrite(known, change, seq)
  }
  return claimed
}

/** 1 where the change makes a claim, 0 where it goes on or ends. */
function takeClaim(
  known: Map<string, Known>,
  change: Change,
  { seq, ms, ttlMs }: { readonly seq: number; readonly ms: number; readonly ttlMs: number },
): number {
  if (change.op === 'delete') throw new Error(`seq ${seq}: claim ${change.id} was deleted, and its token with it`)
  const before = known.get(change.id)
  const fields = change.op === 'put' ? change.data : change.changes
  const token = typeof fields.token === 'number' ? fields.token : (before?.token ?? 0)
  const status = typeof fields.status === 'string' ? fields.status : (before?.status ?? '')
  const isNew = token !== before?.token
  if (before !== undefined && isNew) {
    if (token < before.token) throw new Error(`seq ${seq}: token ${token} of ${change.id} comes after ${before.token}`)
    if (before.status === 'held' && ms - before.sinceMs < ttlMs)
      throw new Error(`seq ${seq}: ${change.id} was taken from a holder that lived, after ${ms - before.sinceMs} ms`)
  }
  if (!isNew && status === 'expired' && before.status === 'held' && ms - before.sinceMs < ttlMs)
    throw new Error(`seq ${seq}: ${change.id} was ended under a holder that lived, after ${ms - before.sinceMs} ms`)
  // A write that leaves token and holder as they were is not a claim, whatever else it says.
  if (isNew && status !== 'held') throw new Error(`seq ${seq}: token ${token} of ${change.id} begins as ${status}`)
  const isBeat = isNew || fields.beats !== undefined
  known.set(change.id, { token, status, sinceMs: isBeat ? ms : (before?.sinceMs ?? 0) })
  return isNew ? 1 : 0
}

/** Whoever writes by a token says so first thing in the description. */
function checkWrite(known: ReadonlyMap<string, Known>, change: Change, seq: number): void {
  const text = change.op === 'patch' ? change.changes.description : undefined
  const token = typeof text === 'string' ? Number.parseInt(text, 10) : Number.NaN
  if (Number.isNaN(token)) return
  const claim = known.get(change.id)
  if (claim?.token !== token || claim.status !== 'held')
    throw new Error(`seq ${seq}: a write by token ${token} while ${claim?.token} was ${claim?.status} at ${change.id}`)
}
