import type { Step } from '../deciding/step.ts'
import type { Made, Result, TxidEntry } from '../deciding/txid-window.ts'
import { recordKey } from '../records/record-key.ts'

/** Finds a version of a record; may throw `ColdBodies` or `PendingCheck` until it is there. */
export type VersionFinder = (made: Made) => Result

/**
 * What the steps of a write that is in the log left. Where that is no longer kept it is told from the line, which knows
 * one version a record: steps on one record then all answer what the commit left of it, and a step that changed nothing
 * answers the record as it is now.
 */
export function repeatedAnswer(
  steps: readonly Step[],
  { results, made }: TxidEntry,
  find: VersionFinder,
): readonly Result[] {
  if (results !== undefined) return results
  const byKey = new Map(made.map((one) => [recordKey(one.type, one.id), one]))
  const fresh = freshByType(steps, made)
  return steps.map((step) => {
    // The id that the store made the first time is in the line only; new records stand there in the order of their steps.
    const one = isIdMade(step) ? fresh.get(step.type)?.shift() : byKey.get(recordKey(step.type, step.id))
    return find(one ?? { type: step.type, id: step.id, rev: 0, deleted: false })
  })
}

/** Versions of records that began with the commit, under ids that no step names. */
function freshByType(steps: readonly Step[], made: readonly Made[]): Map<string, Made[]> {
  const named = new Set(steps.flatMap((step) => (isIdMade(step) ? [] : [recordKey(step.type, step.id)])))
  const fresh = new Map<string, Made[]>()
  for (const one of made) {
    if (one.rev !== 1 || named.has(recordKey(one.type, one.id))) continue
    const others = fresh.get(one.type)
    if (others === undefined) fresh.set(one.type, [one])
    else others.push(one)
  }
  return fresh
}

function isIdMade(step: Step): boolean {
  return step.op === 'create' && step.idMade
}
