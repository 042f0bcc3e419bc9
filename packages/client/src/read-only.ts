import { type Endpoint, type MessageKind, type Query, type Seq, StatewardError } from '@stateward/contract'

/** What happens to a message that is meant for one past state. */
type Treatment = 'pinned' | 'pinnedQuery' | 'passed' | 'refused'

const treatments: Readonly<Record<MessageKind, Treatment>> = {
  get: 'pinned',
  getMany: 'pinned',
  query: 'pinned',
  count: 'pinned',
  explain: 'pinned',
  groupBy: 'pinnedQuery',
  aggregate: 'pinnedQuery',
  stats: 'passed',
  verify: 'passed',
  flush: 'passed',
  create: 'refused',
  update: 'refused',
  delete: 'refused',
  restore: 'refused',
  createMany: 'refused',
  updateMany: 'refused',
  deleteMany: 'refused',
  transact: 'refused',
  // It would tell of versions that come after this state.
  history: 'refused',
  asOf: 'refused',
  diff: 'refused',
  undo: 'refused',
  command: 'refused',
  // It is answered from the present state.
  question: 'refused',
  resolveId: 'refused',
  snapshot: 'refused',
  release: 'refused',
  compact: 'refused',
}

/**
 * The same endpoint as of an open snapshot: reads answer from its state, whatever they say themselves. Whatever writes or
 * looks beyond it (`history`, `follow`, `watch`, another snapshot) is `UNSUPPORTED`. `close` releases the snapshot and leaves the
 * endpoint open.
 */
export function readOnly(endpoint: Endpoint, snapshot: string): Endpoint {
  return pinnedTo(endpoint, { snapshot }, async () => {
    await endpoint.ask('release', { snapshot })
  })
}

/** As `readOnly`, of the state after a commit. There is nothing to release, so that `close` does nothing. */
export function readPast(endpoint: Endpoint, asOf: Seq): Endpoint {
  return pinnedTo(endpoint, { asOf }, async () => undefined)
}

type Pin = { readonly snapshot: string } | { readonly asOf: Seq }

function pinnedTo(endpoint: Endpoint, pin: Pin, close: () => Promise<void>): Endpoint {
  return {
    ask(kind, body, options) {
      switch (Object.hasOwn(treatments, kind) ? treatments[kind] : 'refused') {
        case 'pinned':
          return endpoint.ask(kind, { ...body, ...pin }, options)
        case 'pinnedQuery':
          return endpoint.ask(kind, { ...body, query: { ...queryIn(body), ...pin } }, options)
        case 'passed':
          return endpoint.ask(kind, body, options)
        default:
          return Promise.reject(refusal(kind))
      }
    },
    follow() {
      return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refusal('follow')) }) }
    },
    watch() {
      return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refusal('watch')) }) }
    },
    close,
  }
}

function queryIn(body: object): Query | undefined {
  return 'query' in body ? (body.query as Query) : undefined
}

function refusal(kind: string): StatewardError {
  return new StatewardError(
    'UNSUPPORTED',
    `a past state answers ${pinned.join(', ')}; found ${kind}: ask the state that it is the past of`,
    { details: { message: kind } },
  )
}

const pinned = Object.entries(treatments).flatMap(([kind, treatment]) => (treatment.startsWith('pinned') ? [kind] : []))
