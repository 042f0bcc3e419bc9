/**
 * Works on `count` items, so many at a time. After a failure none is begun any more; rejects with the first one when all
 * that were at work have ended.
 */
export async function inLanes(lanes: number, count: number, work: (item: number) => Promise<void>): Promise<void> {
  let next = 0
  const failures: unknown[] = []
  const lane = async (): Promise<void> => {
    while (next < count && failures.length === 0) await work(next++).catch((error: unknown) => failures.push(error))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  if (failures.length > 0) throw failures[0]
}
