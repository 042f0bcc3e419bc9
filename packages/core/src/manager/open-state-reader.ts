import {
  type Changes,
  type Collections,
  changes,
  collections,
  type PastPoint,
  type PastState,
  pastState,
  type ViewSource,
  type Views,
  views,
} from '@stateward/client'
import {
  type AskOptions,
  type Commit,
  type Domain,
  type Endpoint,
  type LogReader,
  limits,
  type MessageKind,
  type Notify,
  type Protocol,
  type Query,
  type QueryAnswer,
  type Seq,
  StatewardError,
  type Stats,
  type Storage,
  type StoreEvent,
  type Watching,
  type WatchKind,
} from '@stateward/contract'
import { wouldWrite } from '../deciding/write.ts'
import { HistoryIndex } from '../history/history-index.ts'
import { verify } from '../integrity/verify.ts'
import { follow } from '../log/follow.ts'
import { guardedReader } from '../log/guarded-storage.ts'
import { Events } from '../observation/events.ts'
import { unwatched } from '../observation/messages.ts'
import { Observation } from '../observation/observation.ts'
import { checkedObserve, type ObserveOptions } from '../observation/observe-options.ts'
import { type Answerers, dispatch, type Message, noOptions } from '../reading/dispatch.ts'
import { type Handlers, type ReadKind, Reads } from '../reading/reads.ts'
import { statsOf } from '../reading/stats.ts'
import { viewSource } from '../reading/view-source.ts'
import { Bodies } from '../records/bodies.ts'
import { restore } from '../recovery/restore.ts'
import { type Environment, systemEnvironment } from '../scheduling/environment.ts'
import { inSlices } from '../scheduling/pace.ts'
import { Snapshots } from '../snapshots/snapshots.ts'
import { Live } from '../state/live.ts'
import { Projections } from '../state/projections.ts'
import { LiveView } from '../state/read-view.ts'
import { withoutCustomIndexes } from '../state/without-custom-indexes.ts'
import { liveAggregateBeside, liveBeside, noRelated } from '../subscriptions/live-beside.ts'
import { liveMatching } from '../subscriptions/live-matching.ts'
import { bounded } from '../validation/bounded.ts'
import { closed } from '../validation/refusals.ts'
import { storageError } from '../validation/storage-error.ts'
import { Watches } from './watches.ts'

export interface StateReaderOptions<D extends Domain> {
  readonly storage: Storage
  readonly domain: D
  readonly memory?: { readonly cacheBytes?: number }
  /** As of a state: what of its reads is measured and told; `name` is that of its reads on the channels. */
  readonly observe?: ObserveOptions | false
  /** Hears of slow queries, and of a checkpoint that was of no use. What it throws is dropped. */
  readonly onEvent?: Notify<StoreEvent>
}

/** The state of a log as it was when it was opened, for reading only. */
export type StateReader<D extends Domain = Domain> = Collections<D> & StateReaderMembers<D> & Endpoint & AsyncDisposable

export interface StateReaderMembers<D extends Domain> {
  readonly domain: D
  /** As `asOf` of a state, up to the moment of opening. */
  asOf(point: PastPoint, options?: AskOptions): Promise<PastState<D>>
  /** As `changes` of a state: goes on with what the writer makes durable. */
  readonly changes: Changes<D>
  /** As `view` of a state. */
  readonly view: Views<D>
  stats(): Promise<Stats>
  verify(): Promise<Protocol['verify']['answer']>
  close(): Promise<void>
}

/**
 * Opens a log for reading beside its writer, if there is one: takes no lock and writes nothing. Reads answer from the state
 * as of opening; `changes` and live queries go on with what comes, the latter hold all that matches, whatever their limit; whatever would write is `UNSUPPORTED`. O(log) time.
 */
export async function openStateReader<const D extends Domain>(options: StateReaderOptions<D>): Promise<StateReader<D>> {
  const { storage, domain } = options
  const settings = checkedObserve(options.observe, storage.kind)
  const events = new Events()
  if (options.onEvent !== undefined) events.on(options.onEvent)
  const cacheBytes = bounded('memory.cacheBytes', options.memory?.cacheBytes ?? limits.cacheBytes)
  const reader = await openedReader(storage)
  try {
    const environment = systemEnvironment()
    const { clock } = environment
    const observation = new Observation({ domain, clock, settings, tell: events.tell })
    const { live } = await restore({
      reader,
      domain,
      fresh: (instead) =>
        new Live(
          withoutCustomIndexes(domain),
          instead?.bodies ?? new Bodies(reader, cacheBytes),
          trimmedBeside,
          instead,
        ),
      random: environment.random,
      remembersTxids: false,
      breathe: inSlices(environment),
      tell: events.tell,
    })
    // Later the log may have gone on: what is damaged could not be made again as it was now.
    await live.whole.reached()
    const endpoint = new ReadOnlyManager({ storage, domain, live, reader, environment, observation })
    const members: StateReaderMembers<D> & Endpoint & AsyncDisposable = {
      domain,
      asOf: (point, asking) => pastState(endpoint, domain, point, { ...asking, inProcess: true }),
      changes: changes(endpoint, domain),
      view: views(endpoint.view, domain),
      stats: () => endpoint.ask('stats', {}),
      verify: () => endpoint.ask('verify', {}),
      close: () => endpoint.close(),
      ask: (kind, body, askOptions) => endpoint.ask(kind, body, askOptions),
      follow: (from, signal) => endpoint.follow(from, signal),
      watch: (kind, body, signal) => endpoint.watch(kind, body, signal),
      [Symbol.asyncDispose]: () => endpoint.close(),
    }
    // A domain has no type that is called like a member, so neither hides the other.
    return Object.freeze({ ...collections(endpoint, domain, { inProcess: true }), ...members }) as StateReader<D>
  } catch (error) {
    await reader.close().catch(() => undefined)
    throw error
  }
}

async function openedReader(storage: Storage): Promise<LogReader> {
  try {
    return guardedReader(await storage.openReader())
  } catch (error) {
    throw storageError(error)
  }
}

/** The writer beside this reader has compacted the log since. */
function trimmedBeside(type: string, id: string, seq: Seq): StatewardError {
  return new StatewardError(
    'TRIMMED',
    `expected ${type} ${id} at seq ${seq}, found that the log has let go of it; open the reader again`,
    { details: { type, id, seq } },
  )
}

interface ReadOnlyOptions {
  readonly storage: Storage
  readonly domain: Domain
  readonly live: Live
  readonly reader: LogReader
  readonly environment: Environment
  readonly observation: Observation
}

/** An endpoint over a log that somebody else may be writing. */
class ReadOnlyManager implements Endpoint {
  readonly #options: ReadOnlyOptions
  readonly #reads: Reads
  readonly #snapshots = new Snapshots()
  readonly #answerers: Answerers
  readonly #closing = new AbortController()
  readonly #watches: Watches

  constructor(options: ReadOnlyOptions) {
    const { storage, live, reader, environment, observation } = options
    const { queries } = observation
    this.#options = options
    const index = new HistoryIndex({
      reader,
      lastSeq: live.lastSeq,
      versions: limits.indexedVersions,
      breathe: environment.breathe,
    })
    const projections = new Projections({ live, clock: environment.clock, breathe: environment.breathe })
    this.#reads = new Reads({ ...options, snapshots: this.#snapshots, index, projections, queries })
    const handlers: Handlers<ReadKind | 'stats' | 'verify'> = {
      ...this.#reads.handlers,
      stats: () => {
        const { messages, plans, eventLoop } = observation.stats(0)
        const observed = { ...(messages && { messages, plans }), ...(eventLoop && { eventLoop }) }
        const beside = { histories: index }
        return statsOf({ live, storage, reader, durability: 'commit', depth: 0, observed, beside })
      },
      verify: () => verify(reader, live),
    }
    const source = {
      follow: (from: Seq, signal: AbortSignal) => follow(reader, from, [signal]),
      versions: () => ({ live, reader }),
      recent: () => undefined,
      lastSeq: async () => (await reader.stats()).lastSeq,
    }
    const rows = async (query: Query): Promise<QueryAnswer> => this.#reads.handlers.query(query, noOptions)
    this.#watches = new Watches({
      domain: options.domain,
      live: (query, signal) =>
        liveBeside(query, {
          domain: options.domain,
          rows,
          source: { ...source, follow: (from) => source.follow(from, signal) },
        }),
      liveRelated: noRelated,
      liveAggregate: (ask, signal) =>
        liveAggregateBeside(ask, {
          domain: options.domain,
          matching: (asked) => liveMatching(this.#reads.groundOf(asked.query, new LiveView(live)), asked),
          source: { ...source, follow: (from) => source.follow(from, signal) },
        }),
      source,
      began: () => () => undefined,
    })
    this.#answerers = { handlers, special: refuseWrite, setTimer: options.environment.setTimer }
  }

  ask<K extends MessageKind>(
    kind: K,
    body: Protocol[K]['ask'],
    options: AskOptions = noOptions,
  ): Promise<Protocol[K]['answer']> {
    const { messages } = this.#options.observation
    const times = messages.wanted(kind)
    if (times === unwatched) return this.#answer(kind, body, options)
    return messages.watch(kind, body, times, () => this.#answer(kind, body, options))
  }

  #answer<K extends MessageKind>(
    kind: K,
    body: Protocol[K]['ask'],
    options: AskOptions,
  ): Promise<Protocol[K]['answer']> {
    if (this.#closing.signal.aborted) return Promise.reject(closed())
    return dispatch({ kind, body, options }, this.#answerers)
  }

  get view(): ViewSource {
    return viewSource({
      current: () => ({ source: this.#reads.now, reader: this.#options.reader }),
      isClosed: () => this.#closing.signal.aborted,
    })
  }

  follow(from: Seq, signal: AbortSignal): AsyncIterable<readonly Commit[]> {
    if (this.#closing.signal.aborted) throw closed()
    return follow(this.#options.reader, from, [signal, this.#closing.signal])
  }

  watch<K extends WatchKind>(
    kind: K,
    body: Watching[K]['ask'],
    signal: AbortSignal,
  ): AsyncIterable<Watching[K]['item']> {
    if (this.#closing.signal.aborted) throw closed()
    return untilClosed(this.#watches.watch(kind, body, [signal, this.#closing.signal]), this.#closing.signal)
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort(closed())
    this.#options.observation.close()
    this.#snapshots.releaseAll()
    const { reader, live, environment } = this.#options
    await reader.close()
    await live.release(inSlices(environment))
  }
}

/** What is being read when the reader is closed is an end and no failure, whatever the storage then says. */
async function* untilClosed<T>(items: AsyncIterable<T>, closing: AbortSignal): AsyncGenerator<T> {
  try {
    yield* items
  } catch (error) {
    if (!closing.aborted) throw error
  }
}

function refuseWrite({ kind }: Message<MessageKind>): undefined {
  if (!wouldWrite(kind)) return
  throw new StatewardError(
    'UNSUPPORTED',
    `this store was opened for reading, and ${kind} would write; open it with its writer's lock`,
  )
}
