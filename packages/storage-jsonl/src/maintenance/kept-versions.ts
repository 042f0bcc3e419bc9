import { limits } from '@stateward/contract'
import { jsonObject } from '../format/json-object.ts'

/** The parts of a line that say which versions it holds. */
interface ChangeObject {
  readonly type?: unknown
  readonly target?: unknown
  readonly id?: unknown
  readonly rev?: unknown
  readonly data?: { readonly id?: unknown; readonly ops?: unknown }
}

/**
 * Whether a line of the log holds one of the newest `versions` versions of a record, or may be what one of them is told
 * by: an update rests on at most `limits.patchChain` lines before it. What is not understood, or not known, is kept.
 */
export function keepsVersions(
  versions: number,
  newestRev: (type: string, id: string) => number,
): (line: Buffer) => boolean {
  const isKept = ({ type, target, id, rev, data }: ChangeObject): boolean => {
    const record = type === 'update' || type === 'delete' ? { type: target, id } : { type, id: data?.id }
    if (typeof record.type !== 'string' || typeof record.id !== 'string' || !Number.isSafeInteger(rev)) return true
    const newest = newestRev(record.type, record.id)
    return newest === 0 || Number(rev) > newest - versions - limits.patchChain
  }
  return (line) => {
    const parsed: ChangeObject | undefined = jsonObject(line.toString())
    const ops = parsed?.type === 'tx' ? parsed.data?.ops : [parsed]
    return !Array.isArray(ops) || ops.some((op: ChangeObject | null | undefined) => isKept(op ?? {}))
  }
}
