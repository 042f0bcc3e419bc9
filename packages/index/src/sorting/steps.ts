/** Long work that is done step by step: whoever goes through it decides when the next one is taken. Returns what came of it. */
export type Steps<T = void> = Generator<void, T>

/** So many rows are gone through in one step: a millisecond or two. */
export const rowsPerStep = 16_384

/** 0, 1, 2 … below `count`. */
export function* numbersBelow(count: number): Steps<Uint32Array> {
  const numbers = new Uint32Array(count)
  for (let at = 0; at < count; ) {
    for (const end = Math.min(count, at + rowsPerStep); at < end; at++) numbers[at] = at
    yield
  }
  return numbers
}

/** What stands at these places. */
export function* picked(places: Uint32Array, from: Uint32Array): Steps<Uint32Array> {
  const found = new Uint32Array(places.length)
  for (let at = 0; at < places.length; ) {
    for (const end = Math.min(places.length, at + rowsPerStep); at < end; at++) found[at] = from[places[at] ?? 0] ?? 0
    yield
  }
  return found
}
