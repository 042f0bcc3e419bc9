/** Ends something and says how that went: `() => state.shutdown()`, `() => stores.stop()`. Called again, it hurries. */
export type Stop = () => Promise<{ readonly clean: boolean }>

export interface StopOnSignalsOptions {
  /** Default: `SIGTERM` and `SIGINT`. */
  readonly signals?: readonly NodeJS.Signals[]
  /** How long the process may take to end by itself when everything has ended; then it is ended. 0 …, default 1 000. */
  readonly lingerMs?: number
  /** What is told of: the process, unless a test stands in for it. */
  readonly process?: SignalledProcess
}

/** The part of a process that hears signals and ends. */
export interface SignalledProcess {
  exitCode?: number | string | null | undefined
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
  exit(): void
}

const defaultSignals = ['SIGTERM', 'SIGINT'] as const
const longestMs = 2_147_483_647

/**
 * Ends everything in order when the process is told to end: calls each `stop` at the first signal, and again at each that
 * follows, which hurries. When all have answered the exit code is 0, or 1 where one was not clean or failed, and the process
 * ends. Listens to nothing before it is called; the returned function gives the signals back. Once for a program: what ends
 * first would not wait for others.
 */
export function stopOnSignals(stops: Stop | readonly Stop[], options: StopOnSignalsOptions = {}): () => void {
  const { signals = defaultSignals, lingerMs = 1_000, process: target = process } = options
  const all = typeof stops === 'function' ? [stops] : stops
  let isBegun = false
  const onSignal = (): void => {
    const ended = Promise.all(all.map(isClean))
    if (isBegun) return
    isBegun = true
    // What is waited for may keep no process alive, and it would end with a code that says all is well.
    const awake = setInterval(() => undefined, longestMs)
    void ended.then((clean) => {
      clearInterval(awake)
      if (clean.includes(false)) target.exitCode = 1
      setTimeout(() => target.exit(), lingerMs).unref()
    })
  }
  for (const signal of signals) target.on(signal, onSignal)
  return () => {
    for (const signal of signals) target.off(signal, onSignal)
  }
}

async function isClean(stop: Stop): Promise<boolean> {
  try {
    return (await stop()).clean
  } catch {
    return false
  }
}
