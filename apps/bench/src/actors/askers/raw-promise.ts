import type { Asker } from '../asker.ts'

/** No actor at all: what the hop through a promise costs, and a queue of functions that nobody calls. */
export function rawPromise(): Asker<number> {
  const waiting: ((value: number) => void)[] = []
  const promises: Promise<number>[] = []
  return {
    ask: (value) => Promise.resolve(value).then((answer) => answer),
    answerIn: (answer) => answer,
    async fill(count) {
      for (let made = 0; made < count; made++) promises.push(new Promise((resolve) => void waiting.push(resolve)))
    },
    async close() {
      for (const resolve of waiting) resolve(0)
      await Promise.all(promises)
    },
  }
}
