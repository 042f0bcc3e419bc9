import { isDeepStrictEqual } from 'node:util'
import type { Reads, Row } from './contender.ts'
import type { Item } from './data/item.ts'

/** Throws unless both are equal: a figure for a wrong answer is worth nothing. */
export function expectEqual(what: string, expected: unknown, found: unknown): void {
  if (isDeepStrictEqual(found, expected)) return
  throw new Error(`wrong answer: ${what}: expected ${shortly(expected)}, found ${shortly(found)}`)
}

/** Throws unless the row holds every field of the item, with the same value; what a contender adds is its own affair. */
export function expectItem(what: string, item: Item, row: Row | undefined): void {
  if (row === undefined) throw new Error(`wrong answer: ${what}: expected ${item.data.id}, found nothing`)
  const found = new Map<string, unknown>(Object.entries(row))
  for (const [field, value] of Object.entries(item.data)) expectEqual(`${what}, ${field}`, value, found.get(field))
}

/** Rejects unless every one of the items is found by its id, and is what was stored. */
export async function expectStored(what: string, items: Iterable<Item>, reads: Reads): Promise<void> {
  for (const item of items) expectItem(what, item, await reads.get(item.type, item.data.id))
}

export function idsOf(rows: readonly Row[]): readonly string[] {
  return rows.map(({ id }) => id)
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`
}
