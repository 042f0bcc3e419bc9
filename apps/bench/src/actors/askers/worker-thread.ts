import { Worker } from 'node:worker_threads'
import type { Asker } from '../asker.ts'

/** Answers until it is told to sleep: then what is sent to it stays in its queue. */
const echo = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', ({ value, gate }) => {
    if (gate) { parentPort.postMessage(-1); Atomics.wait(gate, 0, 0) }
    else parentPort.postMessage(value)
  })
`

/** Another thread: every message is copied there and back. */
export function workerThread(): Asker<number> {
  const worker = new Worker(echo, { eval: true })
  const waiting: ((value: number) => void)[] = []
  worker.on('message', (value: number) => waiting.shift()?.(value))
  const gate = new Int32Array(new SharedArrayBuffer(4))
  const next = (message: object): Promise<number> =>
    new Promise((resolve) => {
      waiting.push(resolve)
      worker.postMessage(message)
    })
  return {
    ask: (value) => next({ value }),
    answerIn: (answer) => answer,
    async fill(count) {
      await next({ gate })
      for (let value = 0; value < count; value++) worker.postMessage({ value })
    },
    async close() {
      await worker.terminate()
    },
  }
}
