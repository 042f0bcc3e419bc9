import { type FileHandle, open } from 'node:fs/promises'
import { limits, StatewardError } from '@stateward/contract'
import { invalid } from '../validation/check.ts'

/** What the file of an export may hold beside its records. */
const endBytes = 65_536

/** The bytes of an export. `NOT_FOUND`; `INVALID` for what is no file; `TOO_LARGE` beyond `limits.restoreBytes`; `STORAGE_FAILED`. */
export async function exportBytes(path: string): Promise<Buffer> {
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    const { size, isOrdinary } = await file.stat().then((stat) => ({ size: stat.size, isOrdinary: stat.isFile() }))
    if (!isOrdinary) throw invalid(`expected ${path} to be a file, found something else; name the file of an export`)
    const most = limits.restoreBytes + endBytes
    if (size > most)
      throw new StatewardError(
        'TOO_LARGE',
        `expected an export of at most ${limits.restoreBytes} bytes, which become one commit, found ${size}; import it in several, or begin from a backup`,
        { details: { path, bytes: size, most: limits.restoreBytes } },
      )
    return await file.readFile()
  } catch (error) {
    throw asRefusal(path, error)
  } finally {
    await file?.close()
  }
}

function asRefusal(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT')
    return new StatewardError('NOT_FOUND', `expected an export at ${path}, found no file`, {
      cause: error,
      details: { path },
    })
  if (code === 'EISDIR') return invalid(`expected ${path} to be a file, found a directory`, { path })
  if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code))
    return new StatewardError('STORAGE_FAILED', `expected to read ${path}, found ${code}`, {
      cause: error,
      details: { path },
    })
  return error
}
