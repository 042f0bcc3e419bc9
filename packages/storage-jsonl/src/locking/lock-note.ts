import type { DiskFile } from '@stateward/contract'
import type { Environment } from '../environment/environment.ts'

/** What LOCK holds while it is held: who to ask. */
export interface LockNote {
  readonly pid: number
  readonly host: string
  readonly owner: string
  readonly since: string
  readonly nonce: string
  /** How LOCK is held; a pid file is held by standing there. */
  readonly method?: 'flock' | 'pidfile'
  /** What tells the process from an earlier one of the same pid, where that can be known. */
  readonly start?: string
}

const noteBytesMax = 65_536

export function noteBytes(note: LockNote): Buffer {
  return Buffer.from(`${JSON.stringify(note)}\n`)
}

export async function readNote(file: DiskFile): Promise<Buffer> {
  const { bytes: size } = await file.stat()
  const bytes = Buffer.allocUnsafe(Math.min(size, noteBytesMax))
  return bytes.subarray(0, await file.read(bytes, 0))
}

/** `undefined` for anything that is no whole note: its writer may be at it right now. */
export function parseNote(bytes: Buffer): LockNote | undefined {
  if (bytes.length === 0) return undefined
  try {
    const note = JSON.parse(bytes.toString()) as Partial<LockNote> | null
    if (typeof note !== 'object' || note === null) return undefined
    const { pid, host, since, nonce } = note
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'string' || typeof nonce !== 'string') {
      return undefined
    }
    return { ...note, owner: note.owner ?? '', pid, host, since, nonce }
  } catch {
    return undefined
  }
}

/** Whether the process of a LOCK provably is no more: of this machine, and gone or another one by now. */
export function isDead({ machine }: Environment, note: LockNote): boolean {
  if (note.host !== machine.host) return false
  if (!machine.isAlive(note.pid)) return true
  const start = machine.startOf(note.pid)
  return note.start !== undefined && start !== undefined && note.start !== start
}
