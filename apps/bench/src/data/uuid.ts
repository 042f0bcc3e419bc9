const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** A UUIDv7 of a time and given bits instead of random ones, so that ids can be repeated and ascend with `counter`. */
export function uuidv7(ms: number, counter: number, bits: number): string {
  const time = hex(ms, 12)
  const low = hex(counter & 0xfff, 3)
  const high = hex(bits >>> 20, 3)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${low}-8${high}-${hex(bits, 8)}${hex((bits ^ counter) & 0xffff, 4)}`
}
