import type { Clock, Domain, Stats } from '@stateward/contract'
import { AppendMeter } from './append-meter.ts'
import { Messages } from './messages.ts'
import type { ObserveSettings } from './observe-options.ts'

export interface ObservationOptions {
  readonly domain: Domain
  readonly clock: Clock
  readonly settings: ObserveSettings
}

/** What one store watches of itself, over all its terms. */
export class Observation {
  /** What the store is called where it is told of. */
  readonly name: string
  readonly messages: Messages
  readonly appends: AppendMeter
  readonly #settings: ObserveSettings

  constructor(options: ObservationOptions) {
    const { settings, clock } = options
    this.name = settings.name
    this.messages = new Messages(options)
    this.appends = new AppendMeter(settings, clock)
    this.#settings = settings
  }

  /** Its part of the statistics. */
  get stats(): Pick<Stats, 'messages' | 'appends'> {
    return this.#settings.latencies === undefined ? {} : { messages: this.messages.stats, appends: this.appends.stats }
  }
}
