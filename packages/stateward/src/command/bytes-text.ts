const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const step = 1_000

/** `999 B`, `12.3 kB`, `4.5 MB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= step && unit < units.length - 1) {
    value /= step
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
