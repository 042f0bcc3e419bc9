import { readdir } from 'node:fs/promises'
import { StatewardError } from '@stateward/contract'
import { defaultDir } from './default-dir.ts'

/**
 * Refuses a path that holds no store, before anything is made there: a mistyped directory must not become a new, empty
 * store. `shown` is the path as the user wrote it.
 */
export async function requireStore(path: string, shown: string): Promise<void> {
  const names = await namesIn(path, shown)
  if (names.some((name) => name.endsWith('.jsonl') || /^manifest(\.prev)?\.json$/.test(name))) return
  const found = names.length === 0 ? 'an empty directory' : 'a directory with other things in it'
  throw noStore(shown, found)
}

async function namesIn(path: string, shown: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT') throw noStore(shown, 'nothing')
    if (code === 'ENOTDIR') {
      throw new StatewardError(
        'INVALID',
        `expected a directory at ${shown}, found a file; name the directory of a store with --dir`,
        {
          cause: error,
          details: { dir: shown },
        },
      )
    }
    throw new StatewardError(
      'STORAGE_FAILED',
      `expected to read the directory ${shown}, found ${code || String(error)}; may this user read it?`,
      {
        cause: error,
        details: { dir: shown, disk: code },
      },
    )
  }
}

function noStore(shown: string, found: string): StatewardError {
  const init = shown === defaultDir ? 'stateward init' : `stateward init --dir ${shown}`
  return new StatewardError(
    'NOT_FOUND',
    `expected a store in ${shown}, found ${found}; make one with \`${init}\`, or name another with --dir or STATEWARD_DIR`,
    { details: { dir: shown } },
  )
}
