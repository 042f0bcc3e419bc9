/** Names one record among all types. */
export function recordKey(type: string, id: string): string {
  return `${type}\0${id}`
}
