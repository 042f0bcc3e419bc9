import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Until the answer is called: a signal that asks this process to end lets it clean up first. */
export function onSignal(cleanUp: () => void): () => void {
  const end = (signal: NodeJS.Signals): void => {
    cleanUp()
    process.exit(128 + constants.signals[signal])
  }
  for (const signal of signals) process.on(signal, end)
  return () => {
    for (const signal of signals) process.off(signal, end)
  }
}
