import { failure, type SimCall, type SimFault, type SimMedium } from '@stateward/conformance'

/** How a call fails. A sync that fails leaves pages that are called clean; `short` makes writes take the half. */
export type FaultKind = 'EIO' | 'ENOSPC' | 'EMFILE' | 'short'

type Call = SimCall['call']

const opening: readonly Call[] = ['open', 'list']
const looking: readonly Call[] = ['open', 'read', 'stat', 'list', 'lock', 'space']

/** What can happen to a call, as a system would have it. */
export function faultsOf(call: Call): readonly FaultKind[] {
  const kinds: FaultKind[] = ['EIO']
  if (!looking.includes(call)) kinds.push('ENOSPC')
  if (opening.includes(call)) kinds.push('EMFILE')
  if (call === 'write') kinds.push('short')
  return kinds
}

export interface FaultPlan {
  /** The number of the call, 1, 2, 3 …; those that only read count as well. */
  readonly at: number
  readonly kind: FaultKind
  /** Whether all calls behind it that can fail so do, until the disk is repaired. */
  readonly isForGood: boolean
}

/** Counts the calls of a medium's disks, and lets one fail, or all from one on. */
export class DiskFault {
  readonly calls: Call[] = []
  /** The first call that failed, in words. */
  failed: string | undefined
  /** Whether it was the sync of a segment that a writer appends to. */
  isSyncOfLog = false
  readonly #medium: SimMedium
  readonly #plan: FaultPlan | undefined
  #isRepaired = false

  constructor(medium: SimMedium, plan?: FaultPlan) {
    this.#medium = medium
    this.#plan = plan
    medium.onCall = ({ call, path }) => {
      // These are counted where they take place: a write may come without a promise, and a failed sync has more to it.
      if (call === 'write' || call === 'datasync') return
      const fault = this.#next(call, path)
      if (fault !== undefined && 'fail' in fault) throw failure(fault.fail, path)
    }
    // A file is made by a call that opens, for which there may be no room; the others have been counted as calls.
    medium.onStep = ({ operation, path, bytes }) =>
      ['create', 'write', 'datasync'].includes(operation) ? this.#next(operation, path, bytes) : undefined
  }

  /** From now on every call works. */
  repair(): void {
    this.#isRepaired = true
  }

  #next(call: Call, path: string, bytes = 0): SimFault {
    const at = this.calls.push(call)
    const plan = this.#plan
    if (plan === undefined || this.#isRepaired || at < plan.at) return undefined
    if ((at > plan.at && !plan.isForGood) || !faultsOf(call).includes(plan.kind)) return undefined
    if (call === 'datasync' && this.#isOfLog(path)) this.isSyncOfLog = true
    this.failed ??= `call ${at} (${call} ${path})`
    return plan.kind === 'short' ? { short: Math.ceil(bytes / 2) } : { fail: plan.kind }
  }

  /** A file is called by the name that it was opened by; once that is gone, it is a segment in use. */
  #isOfLog(path: string): boolean {
    return /\/log-\d+\.jsonl/.test(path) && (!path.endsWith('.tmp') || this.#medium.find(path) === undefined)
  }
}
