/** Runs `send` for each item, with at most `most` of them unsettled; settles when all are. */
export async function inFlight<T>(
  items: Iterable<T>,
  most: number,
  send: (item: T) => Promise<unknown>,
): Promise<void> {
  const pending = new Set<Promise<unknown>>()
  for (const item of items) {
    const sent: Promise<unknown> = send(item).finally(() => pending.delete(sent))
    pending.add(sent)
    if (pending.size >= most) await Promise.race(pending)
  }
  await Promise.all(pending)
}
