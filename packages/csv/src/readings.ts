import type { JsonValue } from '@stateward/contract'
import type { Cell } from './cells-of.ts'

/** One thing that a cell may mean. */
export interface Reading {
  /** Absent: the record has no such field. */
  readonly value?: JsonValue
  /** For a message, as in "as a number". */
  readonly as: string
}

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const truths: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false }
const nothing: Reading = { as: 'nothing' }
const isNull: Reading = { as: 'null', value: null }

/**
 * What a cell may mean, the likeliest first, each to be taken only when the schema refuses those before: a text; a number, if none of its digits would be
 * lost; a truth value; a list, an object or `null` in JSON. An empty cell is nothing, then an empty text, then `null`; with quotes around it the text comes first.
 */
export function readingsOf(cell: Cell): readonly Reading[] {
  if (cell === undefined) return [nothing, { as: 'an empty text', value: '' }, isNull]
  if (cell === '') return [{ as: 'an empty text', value: '' }, nothing, isNull]
  const text = cell.trim()
  const readings: Reading[] = [{ as: 'a text', value: cell }]
  const number = numberPattern.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(number) && keepsItsDigits(text, number)) readings.push({ as: 'a number', value: number })
  const truth = Object.hasOwn(truths, text.toLowerCase()) ? truths[text.toLowerCase()] : undefined
  if (truth !== undefined) readings.push({ as: 'a truth value', value: truth })
  const json = /^[[{]|^null$/.test(text) ? jsonIn(text) : undefined
  if (json !== undefined) readings.push({ as: 'JSON', value: json })
  return readings
}

/** A double tells some 15 decimal digits apart; what has more may be another number once it is one. */
function keepsItsDigits(text: string, number: number): boolean {
  const digits = (text.toLowerCase().split('e')[0] ?? '').replace(/[^0-9]/g, '').replace(/^0+/, '')
  return digits.length <= 15 || Number.isSafeInteger(number) || String(number) === text
}

function jsonIn(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
