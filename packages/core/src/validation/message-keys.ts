import type { MessageKind } from '@stateward/contract'
import { checkKeys, invalid } from './check.ts'
import { describe } from './frozen-json.ts'

const writeKeys = ['durability', 'actor', 'txid'] as const
const guardKeys = ['force', 'reason', 'cascade'] as const
const none: ReadonlySet<string> = new Set()

/** The keys of each message; those of queries are known to the query language. */
const keysOf: { readonly [K in MessageKind]: ReadonlySet<string> | undefined } = {
  create: new Set(['type', 'data', ...writeKeys]),
  update: new Set(['type', 'id', 'changes', 'unset', 'expectedRev', ...guardKeys, ...writeKeys]),
  delete: new Set(['type', 'id', 'expectedRev', ...guardKeys, ...writeKeys]),
  restore: new Set(['type', 'id', ...writeKeys]),
  createMany: new Set(['type', 'rows', ...writeKeys]),
  updateMany: new Set(['type', 'updates', ...guardKeys, ...writeKeys]),
  deleteMany: new Set(['type', 'ids', ...guardKeys, ...writeKeys]),
  transact: new Set(['operations', 'expect', ...writeKeys]),
  get: new Set(['type', 'id', 'snapshot', 'asOf']),
  getMany: new Set(['type', 'ids', 'snapshot', 'asOf']),
  command: new Set(['name', 'body', ...writeKeys]),
  question: new Set(['name', 'body']),
  groupBy: new Set(['query', 'field']),
  aggregate: new Set(['query', 'by', 'measures']),
  asOf: new Set(['seq', 'time']),
  diff: new Set(['from', 'to', 'after']),
  undo: new Set(['seq', 'force', 'reason', ...writeKeys]),
  history: new Set(['type', 'id', 'from']),
  resolveId: new Set(['type', 'id', 'deleted']),
  release: new Set(['snapshot']),
  query: undefined,
  count: undefined,
  explain: undefined,
  snapshot: none,
  compact: none,
  stats: none,
  verify: none,
  flush: none,
}

/** Every kind of message. */
export const messageKinds: readonly string[] = Object.keys(keysOf)

/** Refuses what is no object or holds a key that the message does not have. */
export function checkMessage(kind: MessageKind, body: unknown): asserts body is object {
  if (typeof body !== 'object' || body === null)
    throw invalid(`expected the body of ${kind} to be an object, found ${describe(body)}`)
  const keys = keysOf[kind]
  if (keys !== undefined) checkKeys(body, keys, kind)
}
