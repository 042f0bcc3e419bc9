/** A bar, and whether it holds, for people. */
export function verdict(bar: string, holds: boolean): string {
  return `${bar} ${holds ? '✓' : '✗'}`
}
