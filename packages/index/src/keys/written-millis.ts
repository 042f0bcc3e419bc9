const form = '0000-00-00T00:00:00.000Z'
const separators = [4, 7, 10, 13, 16, 19, 23] as const
const separatorCodes = separators.map((at) => form.charCodeAt(at))
const zero = 48
/** Worth of what is no digit: no sum with it in it stays below this. */
const notDigit = 1_000_000
const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const dayMillis = 86_400_000

/**
 * Milliseconds since 1970 of a date-time as the store itself writes it, such as `2024-01-20T10:00:00.000Z`; `undefined`
 * for a text of any other form and for a date that does not exist. Ten times as fast as `Date.parse` with the checks
 * that it leaves out.
 */
export function writtenMillis(text: string): number | undefined {
  if (text.length !== form.length) return undefined
  for (let at = 0; at < separators.length; at++) {
    if (text.charCodeAt(separators[at] ?? 0) !== separatorCodes[at]) return undefined
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  const milli = twoDigits(text, 20) * 10 + digit(text, 22)
  if (year > 9_999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59 || milli > 999) return undefined
  return daysSince1970(year, month, day) * dayMillis + ((hour * 60 + minute) * 60 + second) * 1_000 + milli
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1)
}

function digit(text: string, at: number): number {
  const worth = text.charCodeAt(at) - zero
  return worth >= 0 && worth <= 9 ? worth : notDigit
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : (daysOfMonths[month - 1] ?? 0)
}

/** Days of the proleptic Gregorian calendar; years count from March, so that the leap day is the last of one. */
function daysSince1970(year: number, month: number, day: number): number {
  const fromMarch = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const days = 365 * fromMarch + Math.floor(fromMarch / 4) - Math.floor(fromMarch / 100) + Math.floor(fromMarch / 400)
  return days + dayOfYear - 719_468
}
