const settled = Promise.resolve()

/**
 * A promise that rejects with `error`, in a turn of the microtask queue of its own. Who has called it listens by then: a promise that is
 * rejected before anybody does is noted by Node as unhandled and crossed out again, and a throw is caught on its way, which
 * together cost more than the refusal. Not heard by anybody, it is unhandled as any other.
 */
export function refused(error: Error): Promise<never> {
  return new Promise((_, reject) => {
    void settled.then(() => reject(error))
  })
}
