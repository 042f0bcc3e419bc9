import { open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StatewardError } from '@stateward/contract'
import type { Output } from './output.ts'

/** Where an export goes. */
export interface ExportTarget {
  write(text: string): Promise<void>
  /** Runs what writes; whole and durable when it resolves, and gone when it rejects, where that can be. */
  fill<T>(work: () => Promise<T>): Promise<T>
}

export function outputTarget(output: Output): ExportTarget {
  return { write: (text) => output.write(text), fill: (work) => work() }
}

/** A new file. `ALREADY_EXISTS` when there is one; after a failure or an abort there is none. */
export async function fileTarget(path: string, signal: AbortSignal): Promise<ExportTarget> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw refusal(path, error)
  })
  return {
    async write(text) {
      if (signal.aborted) throw new StatewardError('ABORTED', `stopped by Ctrl-C; ${path} was removed again`)
      await file.writeFile(text).catch((error: unknown) => {
        throw refusal(path, error)
      })
    },
    async fill(work) {
      let isWhole = false
      try {
        const result = await work()
        await file.sync()
        await syncDirectory(dirname(path))
        isWhole = true
        return result
      } finally {
        await file.close()
        if (!isWhole) await unlink(path)
      }
    },
  }
}

/** Without this a power cut may take the new name away, though the bytes are safe. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

function refusal(path: string, error: unknown): StatewardError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const options = { cause: error, details: { path, disk: code } }
  switch (code) {
    case 'EEXIST':
      return new StatewardError('ALREADY_EXISTS', `expected no file at ${path}, found one; name another`, options)
    case 'ENOSPC':
    case 'EDQUOT':
      return new StatewardError(
        'FULL',
        `expected room for ${path}, found the disk full; free some space and try again`,
        options,
      )
    case 'ENOENT':
      return new StatewardError(
        'NOT_FOUND',
        `expected the directory ${dirname(path)}, found none; make it first`,
        options,
      )
    default:
      return new StatewardError('STORAGE_FAILED', `expected to write ${path}, found ${code}`, options)
  }
}
