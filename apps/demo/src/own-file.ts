import { createReadStream, createWriteStream } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import type { JsonObject } from '@stateward/contract'
import type { DemoState } from './demo-state.ts'
import { InputError } from './input.ts'

/** What a file of JSON lines turned out to be. */
export interface OwnFile {
  readonly path: string
  readonly lines: number
  /** `log`: lines in the form of the log, of these types. `records`: plain records, which become this one type. */
  readonly form: 'log' | 'records'
  readonly types: readonly string[]
}

const badLinesNamed = 20
const rowsPerCall = 1_000

/** Reads every line once, and refuses the file when one of them is not a JSON object. */
export async function inspectFile(path: string): Promise<OwnFile> {
  const bad: number[] = []
  const types = new Set<string>()
  let form: OwnFile['form'] | undefined
  let lines = 0
  for await (const { number, value } of objectsIn(path)) {
    lines = number
    if (value === undefined) {
      bad.push(number)
      continue
    }
    form ??= isLogLine(value) ? 'log' : 'records'
    if (form === 'log') for (const type of typesIn(value)) types.add(type)
  }
  if (bad.length > 0) {
    const named = bad.slice(0, badLinesNamed).join(', ')
    const others = bad.length > badLinesNamed ? ` and ${bad.length - badLinesNamed} more` : ''
    throw new InputError(
      `expected a JSON object on every line of ${path}, found something else on ${bad.length} of ${lines} lines: ${named}${others}`,
    )
  }
  if (form === undefined) throw new InputError(`expected lines in ${path}, found none`)
  return { path, lines, form, types: form === 'log' ? [...types] : [typeNameFrom(path)] }
}

/** Lines in the form of the log are laid beside the store as they are: opening it adopts them as its history. */
export async function layBeside({ path }: OwnFile, dir: string): Promise<void> {
  await pipeline(logLines(path), createWriteStream(join(dir, 'own.jsonl'), { flags: 'wx', mode: 0o600 }))
}

async function* logLines(path: string): AsyncGenerator<string> {
  for await (const { text, value } of objectsIn(path)) {
    // Lines by which a storage talks to itself mean nothing outside their own log.
    if (value !== undefined && !String(value.type).startsWith('$')) yield `${text}\n`
  }
}

/** Creates plain records, in bulk; one without an id is called by its line. */
export async function createRecords({ path, types }: OwnFile, state: DemoState): Promise<void> {
  const type = types[0] ?? ''
  const lineOf = new Map<string, number>()
  let rows: JsonObject[] = []
  const create = async (): Promise<void> => {
    await state.ask('createMany', { type, rows })
    rows = []
  }
  for await (const { number, value } of objectsIn(path)) {
    if (value === undefined) continue
    const { rev: _, ...data } = value
    const id = typeof data.id === 'string' && data.id !== '' ? data.id : `line-${number}`
    const first = lineOf.get(id)
    if (first !== undefined) {
      throw new InputError(
        `expected every record of ${path} to have an id of its own, found ${id} on lines ${first} and ${number}`,
      )
    }
    lineOf.set(id, number)
    rows.push({ ...data, id })
    if (rows.length >= rowsPerCall) await create()
  }
  if (rows.length > 0) await create()
}

interface Line {
  readonly number: number
  readonly text: string
  /** `undefined` where the line is no JSON object. */
  readonly value: JsonObject | undefined
}

async function* objectsIn(path: string): AsyncGenerator<Line> {
  let number = 0
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    if (text.trim() !== '') yield { number, text, value: objectOrNot(text) }
  }
}

function objectOrNot(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isLogLine({ type, timestamp, data, target }: JsonObject): boolean {
  return typeof type === 'string' && typeof timestamp === 'string' && (isObject(data) || typeof target === 'string')
}

function typesIn({ type, target, data }: JsonObject): string[] {
  if (type === 'tx' && isObject(data) && Array.isArray(data.ops)) return data.ops.filter(isObject).flatMap(typesIn)
  if (type === 'update' || type === 'delete') return typeof target === 'string' ? [target] : []
  return typeof type === 'string' && !type.startsWith('$') ? [type] : []
}

/** `issues` for `issues.jsonl`; `record` where the name of the file can be no name of a type. */
function typeNameFrom(path: string): string {
  const name = basename(path)
    .replace(/\..*$/, '')
    .replace(/[^A-Za-z0-9_]/g, '_')
  const taken = [
    'plan',
    'spec',
    'phase',
    'execution',
    'update',
    'delete',
    'tx',
    'records',
    'import',
    'export',
    'history',
    'snapshot',
  ]
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name) && !taken.includes(name) ? name : 'record'
}
