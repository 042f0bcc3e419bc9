import type { Steps } from './steps.ts'

/** So many are sorted, or merged, in one step: each comparison may be one of texts. */
const numbersPerStep = 512

/**
 * These numbers in the order that `compare` says, those that are equal as they were: O(n log n). In short runs first, which are then
 * merged two by two, so that no step is longer than another.
 */
export function* mergeSorted(numbers: Uint32Array, compare: (a: number, b: number) => number): Steps<Uint32Array> {
  let from = numbers.slice()
  for (let start = 0; start < from.length; start += numbersPerStep) {
    from.subarray(start, start + numbersPerStep).sort(compare)
    yield
  }
  let to = new Uint32Array(from.length)
  for (let run = numbersPerStep; run < from.length; run *= 2) {
    for (let start = 0; start < from.length; start += run * 2) yield* merge(from, to, { start, run, compare })
    const done = to
    to = from
    from = done
  }
  return from
}

function* merge(
  from: Uint32Array,
  to: Uint32Array,
  {
    start,
    run,
    compare,
  }: { readonly start: number; readonly run: number; readonly compare: (a: number, b: number) => number },
): Steps {
  const middle = Math.min(start + run, from.length)
  const end = Math.min(middle + run, from.length)
  let left = start
  let right = middle
  for (let at = start; at < end; at++) {
    const isLeft = right === end || (left < middle && compare(from[left] ?? 0, from[right] ?? 0) <= 0)
    to[at] = from[isLeft ? left++ : right++] ?? 0
    if ((at + 1) % numbersPerStep === 0) yield
  }
}
