const shape = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/
const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const fractionDigits = 9
const zero = 48

/**
 * The instant that an RFC 3339 date-time names, as a key whose text order is the order of time, to the nanosecond
 * (further digits are kept and compared too). `undefined` when the text is no such date-time. Source: RFC 3339, 5.6.
 *
 * `10:00:00.5+02:00` and `08:00:00.500Z` of one day have the same key.
 */
export function instantKey(text: string): string | undefined {
  if (written.test(text) && isRealDate(text)) return `${text.slice(0, -1)}000000`
  const parts = shape.exec(text)
  if (parts === null) return undefined
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = ''] = parts
  if (!isRealDate(`${year}-${month}-${day}`)) return undefined
  // A leap second has no number of its own in JavaScript's time; it is counted as the first moment of the next minute.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  const offsetMinutes = zoneMinutes(zone)
  if (offsetMinutes === undefined) return undefined
  const utc = new Date(0)
  utc.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  utc.setUTCHours(Number(hour), Number(minute) - offsetMinutes, Number(second))
  if (utc.getUTCFullYear() < 0 || utc.getUTCFullYear() > 9999) return undefined
  return `${utc.toISOString().slice(0, 19)}.${fraction.replace(/0+$/, '').padEnd(fractionDigits, '0')}`
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/** Of a text with digits where those of a date, or a date and time, stand. */
function isRealDate(text: string): boolean {
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  if (month < 1 || month > 12 || day < 1) return false
  if (text.length > 10 && (twoDigits(text, 11) > 23 || twoDigits(text, 14) > 59 || twoDigits(text, 17) > 59))
    return false
  return day <= daysIn(twoDigits(text, 0) * 100 + twoDigits(text, 2), month)
}

/** Without a text in between: times are read with every write. */
function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
