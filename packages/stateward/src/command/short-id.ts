const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** The last eight digits of a UUIDv7 are random, the first ones are the time and much alike. */
const shortest = 8
const longest = 12

/**
 * The ids of one table, cut to their ends, as few characters as tell them apart. Ids that are no UUIDs stay whole: people
 * have chosen them.
 */
export function idShortener(ids: Iterable<string>): (id: string) => string {
  const uuids = [...new Set(ids)].filter((id) => uuid.test(id))
  let length = shortest
  while (length < longest && new Set(uuids.map((id) => id.slice(-length))).size < uuids.length) length++
  return (id) => (uuid.test(id) ? id.slice(-length) : id)
}
