import type { Seq } from '@stateward/contract'

/** A version of a record that a change rests on. */
export interface Need {
  /** The commit that made it. */
  readonly prev: Seq
  /** Type and id of the record. */
  readonly key: string
}

const updateStart = Buffer.from('{"type":"update"')
const transactionStart = Buffer.from('{"type":"tx"')
const nothing: readonly Need[] = []

interface Change {
  readonly type?: unknown
  readonly target?: unknown
  readonly id?: unknown
  readonly prev?: unknown
  readonly data?: { readonly id?: unknown; readonly ops?: unknown }
}

/**
 * What must be there for the commit in this line to mean something: of every update in it the version that it changes.
 * Whole records and deletions need nothing. The line is one whose checksum holds; one of another shape needs nothing.
 */
export function needsOf(line: Buffer): readonly Need[] {
  const isUpdate = startsWith(line, updateStart)
  if (!isUpdate && !startsWith(line, transactionStart)) return nothing
  const parsed = changeIn(line)
  const changes = isUpdate ? [parsed] : opsOf(parsed)
  return changes.flatMap(({ type, target, id, prev }) =>
    type === 'update' && typeof prev === 'number' ? [{ prev, key: recordKey(target, id) }] : [],
  )
}

/** Type and id of the record, or tombstone, that a row of a base holds. */
export function rowKeyOf(line: Buffer): string {
  const { type, target, id, data } = changeIn(line)
  return type === 'delete' ? recordKey(target, id) : recordKey(type, data?.id)
}

/** A line may be sealed and hold no JSON: such a one rests on nothing, and reading it will be refused. */
function changeIn(line: Buffer): Change {
  try {
    return JSON.parse(line.toString())
  } catch {
    return {}
  }
}

function opsOf({ data }: Change): readonly Change[] {
  return Array.isArray(data?.ops) ? data.ops.filter((op) => typeof op === 'object' && op !== null) : []
}

function recordKey(type: unknown, id: unknown): string {
  return `${type}\0${id}`
}

function startsWith(line: Buffer, start: Buffer): boolean {
  return line.length > start.length && line.compare(start, 0, start.length, 0, start.length) === 0
}
