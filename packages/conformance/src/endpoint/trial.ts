import assert from 'node:assert/strict'
import type {
  AskOptions,
  Deleted,
  Endpoint,
  ErrorCode,
  JsonObject,
  MessageKind,
  Protocol,
  Query,
  QueryAnswer,
  Seq,
  StoredRecord,
  Version,
  WriteOptions,
} from '@stateward/contract'
import { type Bench, type Case, CaseSkipped, caseOf } from '../case.ts'
import { type Refusal, refused } from '../codes.ts'

/** A fresh, empty store behind an endpoint. */
export interface OpenedEndpoint {
  /** Serves `conformanceDomain`. */
  readonly endpoint: Endpoint
  /** Whether answers are the store's own records, frozen, and questions reach it as they are, without a wire between. */
  readonly inProcess?: boolean
  /**
   * The same store, opened again; called after `endpoint` was closed. Leave it out when nothing outlives the endpoint:
   * the cases that need it then count as skipped.
   */
  readonly reopen?: () => Promise<Endpoint>
  /** Removes everything. Called once, after every endpoint has been closed. */
  readonly dispose?: () => Promise<void>
}

export type OpenEndpoint = () => Promise<OpenedEndpoint>
export type EndpointCase = Case<OpenEndpoint>

/** Whatever of `WriteOptions`, `GuardOptions` and `ExpectOptions` a message takes. */
export type More = WriteOptions & Partial<Omit<Protocol['update']['ask'], 'type' | 'id' | 'changes'>>

/** What the body of a case works with: the messages, in fewer words. */
export class EndpointTrial implements Bench {
  readonly subject = 'this endpoint'
  readonly inProcess: boolean
  readonly #opened: OpenedEndpoint
  readonly #endpoints: Endpoint[]
  readonly #aborts: AbortController[] = []

  constructor(opened: OpenedEndpoint) {
    this.#opened = opened
    this.#endpoints = [opened.endpoint]
    this.inProcess = opened.inProcess ?? false
  }

  get endpoint(): Endpoint {
    return this.#endpoints.at(-1) ?? this.#opened.endpoint
  }

  ask<K extends MessageKind>(kind: K, body: Protocol[K]['ask'], options?: AskOptions): Promise<Protocol[K]['answer']> {
    const answering = this.endpoint.ask(kind, body, options)
    // A case that fails leaves the rest of its questions behind: their failures would only hide its own.
    answering.catch(() => undefined)
    return answering
  }

  create(type: string, data: JsonObject, more: WriteOptions = {}): Promise<StoredRecord> {
    return this.ask('create', { type, data, ...more })
  }

  update(type: string, id: string, changes: JsonObject, more: More = {}): Promise<StoredRecord> {
    return this.ask('update', { type, id, changes, ...more })
  }

  delete(type: string, id: string, more: More = {}): Promise<Deleted> {
    return this.ask('delete', { type, id, ...more })
  }

  /** The record, or `undefined`, which is `null` on a wire. */
  async get(type: string, id: string, snapshot?: string): Promise<StoredRecord | undefined> {
    return (await this.ask('get', { type, id, ...(snapshot && { snapshot }) })) ?? undefined
  }

  async getMany(type: string, ids: readonly string[], snapshot?: string): Promise<(StoredRecord | undefined)[]> {
    const found = await this.ask('getMany', { type, ids, ...(snapshot && { snapshot }) })
    return found.map((record) => record ?? undefined)
  }

  query(type: string, query: Omit<Query, 'type'> = {}): Promise<QueryAnswer> {
    return this.ask('query', { type, ...query })
  }

  async ids(type: string, query: Omit<Query, 'type'> = {}): Promise<string[]> {
    return (await this.query(type, query)).rows.map(({ id }) => id)
  }

  /** Every version of a record, page by page. */
  async history(type: string, id: string): Promise<Version[]> {
    const versions: Version[] = []
    for (let from: Seq | undefined = 1; from !== undefined; ) {
      const page: Protocol['history']['answer'] = await this.ask('history', { type, id, from })
      versions.push(...page.versions)
      assert(page.next === undefined || page.next > from, 'the next page of a history is further on')
      from = page.next
    }
    return versions
  }

  async lastSeq(): Promise<Seq> {
    return (await this.ask('stats', {})).lastSeq
  }

  /** Looks that a message is refused with one of `codes`, and that nothing of it is in the log. */
  async refuse<K extends MessageKind>(
    codes: ErrorCode | readonly ErrorCode[],
    what: string,
    kind: K,
    body: Protocol[K]['ask'],
  ): Promise<Refusal> {
    const before = await this.lastSeq()
    const refusal = await refused(codes, what, this.ask(kind, body))
    assert.equal(await this.lastSeq(), before, `${what} is refused, and leaves the log as it was`)
    return refusal
  }

  get canReopen(): boolean {
    return this.#opened.reopen !== undefined
  }

  /** Closes the endpoint and opens the store again; what is asked from now on is asked of the new one. */
  async reopen(): Promise<void> {
    if (this.#opened.reopen === undefined) throw new CaseSkipped()
    await this.endpoint.close()
    this.#endpoints.push(await this.#opened.reopen())
  }

  abortable(): AbortController {
    const controller = new AbortController()
    this.#aborts.push(controller)
    return controller
  }

  async close(): Promise<void> {
    for (const controller of this.#aborts) controller.abort()
    // A case may have closed it, or broken it; whether that works is what other cases look at.
    await Promise.allSettled(this.#endpoints.map((endpoint) => endpoint.close()))
    await this.#opened.dispose?.()
  }
}

/** A case of the endpoint contract. */
export function endpointCase(promise: string, body: (trial: EndpointTrial) => Promise<void>): EndpointCase {
  return caseOf('endpoint', promise, async (open: OpenEndpoint) => new EndpointTrial(await open()), body)
}

/** A record without what the store itself adds. */
export function ownFields(record: StoredRecord | undefined): JsonObject | undefined {
  if (record === undefined) return undefined
  const { created_at: _, updated_at: __, rev: ___, ...own } = record
  return own
}

/** As a wire would carry it: whatever is equal here is equal as JSON. */
export function plain<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value))
}
