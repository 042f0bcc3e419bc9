import { tracingChannel } from 'node:diagnostics_channel'
import { onTestFinished } from 'vitest'

type Phase = 'start' | 'end' | 'asyncStart' | 'asyncEnd' | 'error'

export interface Heard {
  readonly phase: Phase
  readonly told: Readonly<Record<string, unknown>>
}

/** Listens on a channel until the test ends: what is told there, as it was told. */
export function listening(name: string, store?: string): readonly Heard[] {
  const heard: Heard[] = []
  const hear = (phase: Phase) => (message: unknown) => {
    const told = { ...(message as object) } as Record<string, unknown>
    if (store === undefined || told.store === store) heard.push({ phase, told })
  }
  const subscribers = {
    start: hear('start'),
    end: hear('end'),
    asyncStart: hear('asyncStart'),
    asyncEnd: hear('asyncEnd'),
    error: hear('error'),
  }
  const channel = tracingChannel(name)
  channel.subscribe(subscribers)
  onTestFinished(() => void channel.unsubscribe(subscribers))
  return heard
}
