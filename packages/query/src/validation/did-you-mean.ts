const furthest = 2

/** ` Did you mean "x"?` when one of the known names is at most two letters away, else an empty text. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (name.length > 64) return ''
  let best: string | undefined
  let bestDistance = furthest + 1
  for (const candidate of known) {
    const distance =
      candidate.toLowerCase() === name.toLowerCase()
        ? 0
        : editDistance(name, candidate, Math.min(furthest, name.length - 1))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best === undefined ? '' : ` Did you mean "${best}"?`
}

/** Levenshtein's distance, or `Infinity` when it is above `most`. */
function editDistance(left: string, right: string, most: number): number {
  if (Math.abs(left.length - right.length) > most) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  const distance = row[right.length] ?? 0
  return distance > most ? Number.POSITIVE_INFINITY : distance
}
