import { tracingChannel } from 'node:diagnostics_channel'
import {
  type Attributes,
  type Meter,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { tracingNames } from '@stateward/contract'

export interface TraceOptions {
  /** Default: those of the global providers. */
  readonly tracer?: Tracer
  readonly meter?: Meter
  /** Which things become spans; default: all. Durations are measured of messages alone. */
  readonly channels?: readonly (keyof typeof tracingNames)[]
}

const everything = ['message', 'query', 'commit', 'compaction', 'checkpoint', 'recovery'] as const

type Told = Readonly<Record<string, unknown>>

interface Begun {
  readonly span: Span
  readonly startMs: number
}

const scope = '@stateward/otel'
/** As the semantic conventions advise for `db.client.operation.duration`. */
const secondsBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** How what is told is called by the semantic conventions for databases, and behind those by us. */
const attributeNames: readonly (readonly [fact: string, name: string])[] = Object.entries({
  store: 'db.namespace',
  message: 'db.operation.name',
  type: 'db.collection.name',
  items: 'db.operation.batch.size',
  rows: 'db.response.returned_rows',
  durability: 'stateward.durability',
  commits: 'stateward.commits',
  bytes: 'stateward.bytes',
  cause: 'stateward.cause',
  upTo: 'stateward.seq',
  lastSeq: 'stateward.seq',
  to: 'stateward.seq',
  saved: 'stateward.saved',
})

/**
 * Makes spans of what the stores of this process tell, and `db.client.operation.duration` of their messages. A message is a child
 * of the span that is active where it was asked. Returns the way to end it.
 */
export function traceStores(options: TraceOptions = {}): () => void {
  const { tracer = trace.getTracer(scope), meter = metrics.getMeter(scope) } = options
  const { channels: wanted = everything } = options
  const duration = meter.createHistogram('db.client.operation.duration', {
    description: 'Duration of database client operations.',
    unit: 's',
    advice: { explicitBucketBoundaries: secondsBounds },
  })
  const ends = wanted.map((what) =>
    listen(what, {
      begun: (told) =>
        tracer.startSpan(spanName(what, told), { kind: SpanKind.CLIENT, attributes: attributesOf(what, told) }),
      ended: (attributes, seconds) => {
        if (what === 'message') duration.record(seconds, attributes)
      },
    }),
  )
  return () => {
    for (const end of ends) end()
  }
}

interface Hearing {
  readonly begun: (told: Told) => Span
  readonly ended: (attributes: Attributes, seconds: number) => void
}

function listen(what: keyof typeof tracingNames, { begun, ended }: Hearing): () => void {
  // Everything that begins ends, and then it is taken out: a map of weak keys costs several times as much.
  const running = new Map<object, Begun>()
  const channel = tracingChannel(tracingNames[what])
  const onStart = (told: unknown): void => {
    if (isTold(told)) running.set(told, { span: begun(told), startMs: performance.now() })
  }
  const onEnd = (told: unknown): void => {
    const known = isTold(told) ? running.get(told) : undefined
    if (known === undefined || !isTold(told)) return
    running.delete(told)
    const attributes = attributesOf(what, told)
    ended(attributes, (performance.now() - known.startMs) / 1_000)
    known.span.setAttributes(attributes)
    if (told.code !== undefined) known.span.setStatus({ code: SpanStatusCode.ERROR })
    known.span.end()
  }
  channel.start.subscribe(onStart)
  channel.asyncEnd.subscribe(onEnd)
  return () => {
    channel.start.unsubscribe(onStart)
    channel.asyncEnd.unsubscribe(onEnd)
    running.clear()
  }
}

function isTold(told: unknown): told is Told {
  return typeof told === 'object' && told !== null
}

/** `{db.operation.name} {db.collection.name}`, as the conventions say. */
function spanName(what: keyof typeof tracingNames, { message, type }: Told): string {
  if (what === 'message' || what === 'query')
    return `${what === 'query' ? 'run ' : ''}${message}${type === undefined ? '' : ` ${type}`}`
  return `stateward.${what}`
}

function attributesOf(what: keyof typeof tracingNames, told: Told): Attributes {
  const attributes: Attributes = { 'db.system.name': 'stateward' }
  for (const [fact, name] of attributeNames) {
    const value = told[fact]
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') attributes[name] = value
  }
  if (what !== 'message' && what !== 'query') attributes['db.operation.name'] = what
  if (typeof told.code === 'string') {
    attributes['db.response.status_code'] = told.code
    attributes['error.type'] = told.code
  }
  return attributes
}
