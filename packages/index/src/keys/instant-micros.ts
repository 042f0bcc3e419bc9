import { instantKey } from '@stateward/contract'
import { writtenMillis } from './written-millis.ts'

const microsPerMilli = 1_000
const milliDigits = 3
/** Length of `2024-01-20T10:00:00.000`. */
const milliText = 23
const microText = 26
const microZeros = '000'

/**
 * The instant that a date-time names, in microseconds since 1970, where that is exact: from 1684 to 2255, with no digit
 * but 0 behind the sixth. `undefined` otherwise, and for every text of which `instantKey` says that it names none.
 */
export function microsOf(text: string): number | undefined {
  const written = writtenMillis(text)
  if (written !== undefined) return exact(written * microsPerMilli)
  const key = instantKey(text)
  if (key === undefined || key.slice(microText) !== microZeros) return undefined
  const millis = Date.parse(`${key.slice(0, milliText)}Z`)
  return exact(millis * microsPerMilli + Number(key.slice(milliText, microText)))
}

/** What `instantKey` gives for the text that named this instant. */
export function microsText(micros: number): string {
  const millis = Math.floor(micros / microsPerMilli)
  const rest = String(micros - millis * microsPerMilli).padStart(milliDigits, '0')
  return `${new Date(millis).toISOString().slice(0, milliText)}${rest}${microZeros}`
}

function exact(micros: number): number | undefined {
  return Number.isSafeInteger(micros) ? micros : undefined
}
