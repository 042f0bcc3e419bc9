import { mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

/** Where the demo runs, and whose file it takes in first. */
export interface Input {
  readonly dir: string
  readonly file: string | undefined
}

/** A path that cannot be used; the message says what was expected and found. */
export class InputError extends Error {}

/**
 * A directory is used as it is (made when it is not there); a file is taken into a fresh directory; nothing at all is a
 * fresh directory.
 */
export function inputFrom(path: string | undefined, cwd: string, temporary: string = tmpdir()): Input {
  const freshDir = (prefix: string): string => mkdtempSync(join(temporary, prefix))
  if (path === undefined) return { dir: freshDir('stateward-demo-'), file: undefined }
  const full = resolve(cwd, path)
  const stat = statSync(full, { throwIfNoEntry: false })
  if (stat === undefined) {
    if (/\.(jsonl?|ndjson)$/.test(full)) throw new InputError(`expected a file of JSON lines at ${full}, found none`)
    mkdirSync(full, { recursive: true })
    return { dir: full, file: undefined }
  }
  if (stat.isFile()) return { dir: freshDir(`stateward-demo-${safe(basename(full))}-`), file: full }
  if (stat.isDirectory() && isUsable(full)) return { dir: full, file: undefined }
  throw new InputError(
    `expected the directory of a store, an empty one, or a file of JSON lines, found ${stat.isDirectory() ? 'a directory of other things' : 'something else'} at ${full}`,
  )
}

function isUsable(dir: string): boolean {
  const names = readdirSync(dir)
  return names.length === 0 || names.some((name) => name.endsWith('.jsonl') || name === 'manifest.json')
}

function safe(name: string): string {
  return name
    .replace(/\.[a-z]+$/i, '')
    .replace(/[^A-Za-z0-9_-]/g, '')
    .slice(0, 24)
}
