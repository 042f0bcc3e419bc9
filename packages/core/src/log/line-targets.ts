import { StatewardError } from '@stateward/contract'

export interface LineTargets {
  readonly timestamp: string
  readonly targets: readonly { readonly type: string; readonly id: string }[]
}

interface Operation {
  readonly type?: string
  readonly timestamp?: string
  readonly target?: string
  readonly id?: string
  readonly data?: { readonly id?: unknown; readonly ops?: readonly Operation[] }
}

/** When a line was written, and the records that it changes: as `decodeCommit` tells, without what they hold. */
export function lineTargets(line: Uint8Array, seq: number): LineTargets {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8')
  try {
    const parsed: Operation = JSON.parse(text)
    const ops = parsed.type === 'tx' ? (parsed.data?.ops ?? []) : [parsed]
    return { timestamp: String(parsed.timestamp), targets: ops.map(targetOf) }
  } catch (cause) {
    throw new StatewardError('CORRUPT', `expected the line of seq ${seq} to hold a commit, found none; run verify`, {
      cause,
      details: { seq },
    })
  }
}

function targetOf({ type = '', target = '', id = '', data }: Operation): { type: string; id: string } {
  return type === 'update' || type === 'delete' ? { type: target, id } : { type, id: String(data?.id ?? '') }
}
