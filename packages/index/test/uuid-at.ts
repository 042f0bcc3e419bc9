/** A UUID for a number, in their order. */
export function uuidAt(at: number): string {
  return `018d2b1c-7a00-7000-8000-${at.toString(16).padStart(12, '0')}`
}
