import { createReadStream } from 'node:fs'
import { mkdtemp, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'

/** The directory to work in, and where its first lines came from. */
export interface Input {
  readonly dir: string
  readonly from: 'new' | 'directory' | { readonly file: string; readonly lines: number }
}

/**
 * A fresh directory; or the one at `path`; or a fresh one with the lines of the JSONL file at `path`. Lines that are
 * records, and no lines of a log, become lines of type `record`. Throws an `Error` that says what is wrong with the path.
 */
export async function inputFrom(path: string | undefined): Promise<Input> {
  const fresh = (): Promise<string> => mkdtemp(join(tmpdir(), 'stateward-demo-'))
  if (path === undefined) return { dir: await fresh(), from: 'new' }
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new Error(`expected a state directory or a JSONL file, found nothing at ${path}`)
  if (found.isDirectory()) return { dir: path, from: 'directory' }
  const lines = await logLines(path)
  const dir = await fresh()
  await writeFile(join(dir, `from-${basename(path).replace(/\W+/g, '-')}.jsonl`), `${lines.join('\n')}\n`, {
    mode: 0o600,
  })
  return { dir, from: { file: path, lines: lines.length } }
}

async function logLines(path: string): Promise<string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    if (line.trim() !== '') lines.push(logLine(line, lines.length + 1))
  }
  return lines
}

/** Any JSON object as a line of a log; what is no JSON stays as it is, for the store to refuse with its place. */
function logLine(line: string, number: number): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return line
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return line
  const isLogLine = 'type' in parsed && 'timestamp' in parsed && ('data' in parsed || 'target' in parsed)
  if (isLogLine) return line
  const { id = `line-${number}`, created_at: timestamp = '1970-01-01T00:00:00.000Z' } = parsed as Record<
    string,
    unknown
  >
  return JSON.stringify({ type: 'record', timestamp, data: { ...parsed, id: String(id) } })
}
