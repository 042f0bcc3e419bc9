import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { JsonObject } from '@stateward/contract'
import type { Io } from './io.ts'
import { UsageError } from './usage-error.ts'

const longestChars = 67_108_864

/**
 * A JSON object given on the command line: as it is, `-` for standard input, `@path` for a file.
 * `what` names the option in messages, `example` shows what would do.
 */
export async function jsonArgument(
  io: Pick<Io, 'stdin' | 'cwd'>,
  given: string,
  { what, example }: { what: string; example: string },
): Promise<JsonObject> {
  const text = await textOf(io, given, what)
  const value = parsed(text, what, example)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new UsageError(`expected ${what} to be a JSON object such as '${example}', found ${kindOf(value)}`)
}

async function textOf({ stdin, cwd }: Pick<Io, 'stdin' | 'cwd'>, given: string, what: string): Promise<string> {
  if (given === '-') return readAll(stdin, what)
  if (!given.startsWith('@')) return given
  const path = resolve(cwd, given.slice(1))
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function readAll(stdin: Io['stdin'], what: string): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    if (text.length > longestChars)
      throw new UsageError(`expected ${what} of at most ${longestChars} characters on standard input, found more`)
  }
  return text + decoder.decode()
}

function parsed(text: string, what: string, example: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const found = text.trim() === '' ? 'nothing' : why
    throw new UsageError(`expected ${what} to be JSON such as '${example}', found ${found}`)
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}

/** What is said of a file, named by the user, that cannot be read. */
export function unreadable(path: string, error: unknown): UsageError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is none',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of the path is no directory',
    EACCES: 'this user may not read it',
  }
  return new UsageError(
    `expected a file to read at ${path}, found ${reasons[code] ? `that ${reasons[code]}` : code || String(error)}`,
    { path },
  )
}
