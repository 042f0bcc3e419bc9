/** A number for people, three significant digits: `1.23`, `45.6`, `789`, `12.3 k`, `4.56 M`. */
export function short(value: number): string {
  if (value >= 999_500) return `${digits(value / 1_000_000)} M`
  if (value >= 9_995) return `${digits(value / 1000)} k`
  return digits(value)
}

/** A time for people; a dash when there is none. */
export function shortTime(value: number | undefined): string {
  return value === undefined ? '–' : digits(value)
}

/** Records for people: `10 k`, `1 M`, and a dash where the size means nothing. */
export function shortSize(size: number): string {
  if (size === 0) return '–'
  if (size % 1_000_000 === 0) return `${size / 1_000_000} M`
  return size % 1000 === 0 ? `${size / 1000} k` : String(size)
}

/** `3.4 ×`. */
export function shortTimes(times: number): string {
  return `${short(times)} ×`
}

function digits(value: number): string {
  if (value === 0) return '0'
  if (value >= 999.5) return String(Math.round(value))
  const text = value.toPrecision(3)
  return text.includes('e') ? value.toExponential(1) : text
}
