const shown = 5

/** The first few of `items` for a message, and how many more there are. */
export function firstFew(items: readonly string[]): string {
  const rest = items.length - shown
  return items.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
