/** What stands at a place that is within the bounds of a list. A place that is not is a mistake of the caller's, and throws. */
export function within<T>(list: ArrayLike<T>, at: number): T {
  const found = list[at]
  if (found === undefined) throw new RangeError(`expected a place below ${list.length}, found ${at}`)
  return found
}
