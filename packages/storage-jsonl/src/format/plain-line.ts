import { isUtf8 } from 'node:buffer'
import { wordsOf } from '../environment/words-of.ts'

const marker = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/
const carriageReturn = 0x0d
const mark = [0xef, 0xbb, 0xbf] as const

/** Where the text of a plain line is, without the byte order mark before it and the carriage return behind it. */
export function plainText(bytes: Buffer, start: number, end: number): Buffer {
  const from = mark.every((byte, at) => bytes[start + at] === byte) ? start + mark.length : start
  const to = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end
  return bytes.subarray(from, to)
}

/** Whether a line holds nothing; such lines are counted as lines and not as commits. */
export function isBlank(text: Buffer): boolean {
  return text.every((byte) => byte === 0x20 || byte === 0x09)
}

/**
 * Why a line is none of the plain format, or `undefined`. Its lines are JSON objects: `type`, `timestamp` and `data`
 * for a record; `type` `update` with `target`, `id` and `changes`; `type` `delete` with `target` and `id`.
 */
export function whyNotPlain(text: Buffer): string | undefined {
  if (!isUtf8(text)) return 'it is not UTF-8'
  const line = text.toString()
  if (marker.test(line)) return 'a git conflict marker'
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    return `it is not JSON: ${wordsOf(error)}`
  }
  return isObject(value) ? whyNoShape(value) : 'it is not a JSON object'
}

function whyNoShape(line: Readonly<Record<string, unknown>>): string | undefined {
  const { type, timestamp, target, id } = line
  if (typeof type !== 'string' || type === '') return 'it has no type'
  if (type.startsWith('$')) return `its type ${type} is not of the plain format`
  if (typeof timestamp !== 'string') return 'it has no timestamp'
  if (type !== 'update' && type !== 'delete')
    return isObject(line.data) ? undefined : `a line of type ${type} has no data object`
  if (typeof target !== 'string' || typeof id !== 'string') return `a line of type ${type} has no target or no id`
  return type === 'delete' || isObject(line.changes) ? undefined : 'a line of type update has no changes object'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
