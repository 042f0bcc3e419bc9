import type {
  AskOptions,
  ChangesOf,
  CreateOf,
  Deleted,
  Domain,
  Endpoint,
  ExpectOptions,
  RecordOf,
  RelationsOf,
  ResolvedId,
  Seq,
  SourceLine,
  StoredRecord,
  SystemFields,
  TypeOf,
  Version,
} from '@stateward/contract'
import { type FieldOf, QueryBuilder, type WhereOf } from '@stateward/query'
import { type BulkOptions, type BulkProgress, bulkWhere } from './bulk-where.ts'
import type { ClientOptions, CreateOptions, DeleteOptions, ManyOptions, UpdateOptions } from './client-options.ts'
import { endpointRunner } from './endpoint-runner.ts'
import { type Importer, type ImportOptions, type ImportReport, importRows, importSourceLines } from './import-rows.ts'
import { asJson, asRecord, orUndefined } from './typed-answers.ts'
import { writeBody } from './write-body.ts'

/** The fields of a type that an update may remove. */
export type UnsetOf<D extends Domain, T extends TypeOf<D>> = Exclude<FieldOf<RecordOf<D, T>>, keyof SystemFields>

/** One update among several. */
export interface UpdateOf<D extends Domain, T extends TypeOf<D>> extends ExpectOptions {
  readonly id: string
  readonly changes: ChangesOf<D, T>
  readonly unset?: readonly UnsetOf<D, T>[]
}

/** One version of a record of a type. */
export type VersionOf<D extends Domain, T extends TypeOf<D>> = Omit<Version, 'record'> & {
  /** `undefined` after a deletion. */
  readonly record?: RecordOf<D, T>
}

/**
 * The records of one type at one endpoint; also the query of all of them, to be narrowed by `where`, `orderBy` and
 * `limit`. Every call sends its message before it returns, so calls made without `await` keep their order. Promises
 * reject with what the endpoint rejects with.
 */
export class Collection<D extends Domain, T extends TypeOf<D>> extends QueryBuilder<RecordOf<D, T>, RelationsOf<D, T>> {
  readonly #endpoint: Endpoint
  readonly #type: T
  readonly #actor: string | undefined
  readonly #inProcess: boolean

  constructor(endpoint: Endpoint, type: T, options: ClientOptions = {}) {
    super(endpointRunner(endpoint), { type })
    this.#endpoint = endpoint
    this.#type = type
    this.#actor = options.actor
    this.#inProcess = options.inProcess === true
  }

  /** The new record. `ALREADY_EXISTS` when the id is taken by other content; equal content is the same answer again. */
  create(data: CreateOf<D, T>, options?: CreateOptions): Promise<RecordOf<D, T>> {
    const own = { type: this.#type, data: asJson(data) }
    return asRecord(this.#endpoint.ask('create', this.#withOptions(own, options), options))
  }

  /** The record, frozen; `undefined` when there is none. */
  get(id: string, options?: AskOptions): Promise<RecordOf<D, T> | undefined> {
    const answer = this.#endpoint.ask('get', { type: this.#type, id }, options)
    return asRecord(this.#inProcess ? answer : answer.then(orUndefined))
  }

  /**
   * The id that is meant by its last characters (or by itself), and the fewest of them that tell it from all others now:
   * `(await state.spec.resolveId('5e0c')).id`. `NOT_FOUND` and `AMBIGUOUS` name the ids that come near, or that end so.
   */
  resolveId(
    end: string,
    { deleted, ...options }: AskOptions & { readonly deleted?: boolean } = {},
  ): Promise<ResolvedId> {
    const body = { type: this.#type, id: end, ...(deleted === undefined ? {} : { deleted }) }
    return this.#endpoint.ask('resolveId', body, options)
  }

  /** The records in the order of `ids`, `undefined` for each that is absent. */
  getMany(ids: readonly string[], options?: AskOptions): Promise<readonly (RecordOf<D, T> | undefined)[]> {
    const answer = this.#endpoint.ask('getMany', { type: this.#type, ids }, options)
    return asRecord(this.#inProcess ? answer : answer.then((records) => records.map(orUndefined)))
  }

  /** The record with these top-level fields set (and those of `unset` removed). `NOT_FOUND`, `CONFLICT` and what the type's rules say. */
  update(id: string, changes: ChangesOf<D, T>, options?: UpdateOptions<UnsetOf<D, T>>): Promise<RecordOf<D, T>> {
    const own = { type: this.#type, id, changes: asJson(changes) }
    return asRecord(this.#endpoint.ask('update', this.#withOptions(own, options), options))
  }

  /** The tombstone. `NOT_FOUND`, `CONFLICT`, and `RESTRICTED` while others refer to the record. */
  delete(id: string, options?: DeleteOptions): Promise<Deleted> {
    return this.#endpoint.ask('delete', { ...writeBody(options, this.#actor), type: this.#type, id }, options)
  }

  /** Undoes a deletion: the last version before it, as a new version. */
  restore(id: string, options?: CreateOptions): Promise<RecordOf<D, T>> {
    const body = { ...writeBody(options, this.#actor), type: this.#type, id }
    return asRecord(this.#endpoint.ask('restore', body, options))
  }

  /** The new records in the order given. Refused whole or accepted whole. */
  createMany(rows: readonly CreateOf<D, T>[], options?: CreateOptions): Promise<readonly RecordOf<D, T>[]> {
    const body = { ...writeBody(options, this.#actor), type: this.#type, rows: rows.map(asJson) }
    return asRecord(this.#endpoint.ask('createMany', body, options))
  }

  /** The records after these updates, in the order given. Refused whole or accepted whole. */
  updateMany(updates: readonly UpdateOf<D, T>[], options?: ManyOptions): Promise<readonly RecordOf<D, T>[]> {
    const plain = updates.map((update) => ({ ...update, changes: asJson(update.changes) }))
    const body = { ...writeBody(options, this.#actor), type: this.#type, updates: plain }
    return asRecord(this.#endpoint.ask('updateMany', body, options))
  }

  /** The tombstones in the order given. Refused whole or accepted whole. */
  deleteMany(ids: readonly string[], options?: ManyOptions): Promise<readonly Deleted[]> {
    return this.#endpoint.ask('deleteMany', { ...writeBody(options, this.#actor), type: this.#type, ids }, options)
  }

  /**
   * Makes the same change to every record that matches, in chunks by ascending id, each in commits of its own. A record that
   * others change meanwhile is looked at again. Refused or aborted, a whole number of commits is written, and with
   * `details.after` as `after` the same call goes on. `{}` is every record.
   */
  updateWhere(
    where: WhereOf<RecordOf<D, T>>,
    changes: ChangesOf<D, T>,
    options: BulkOptions & { readonly unset?: readonly UnsetOf<D, T>[] } = {},
  ): Promise<BulkProgress> {
    const { unset, ...rest } = options
    return this.#bulk(where, rest, (rows, body) => {
      const one = { changes: asJson(changes), ...(unset === undefined ? {} : { unset }) }
      const updates = rows.map(({ id, rev }) => ({ ...one, id, expectedRev: rev }))
      return this.#endpoint.ask('updateMany', { ...body, type: this.#type, updates })
    })
  }

  /** Deletes every record that matches, in chunks; as `updateWhere`. With `cascade`, and what refers to them. */
  deleteWhere(where: WhereOf<RecordOf<D, T>>, options: BulkOptions = {}): Promise<BulkProgress> {
    return this.#bulk(where, options, (rows, body) => {
      const operations = rows.map(({ id, rev }) => ({ op: 'delete', type: this.#type, id, expectedRev: rev }) as const)
      const { force, reason, cascade, ...write } = body
      const guard = { ...(force && { force }), ...(reason && { reason }), ...(cascade && { cascade }) }
      return this.#endpoint.ask('transact', { ...write, operations: operations.map((one) => ({ ...one, ...guard })) })
    })
  }

  /**
   * Takes rows of any source in as new records: a list, a generator, `jsonLines(stream)`. The next rows are asked of it only
   * when those before are acknowledged. What is refused ends it, or with `mode: 'unordered'` stands in the report.
   */
  import(
    source: Iterable<CreateOf<D, T>> | AsyncIterable<CreateOf<D, T>>,
    options: ImportOptions = {},
  ): Promise<ImportReport> {
    return importRows(source, this.#importer(options), options)
  }

  /**
   * As `import`, for a source that knows its lines: `csvLines(stream, …)` of `@stateward/csv`, `jsonSourceLines(stream)`. A row
   * that cannot be read is refused in its place, as one that the store refuses, and the report tells the line of each.
   */
  importLines(
    source: Iterable<SourceLine<CreateOf<D, T>>> | AsyncIterable<SourceLine<CreateOf<D, T>>>,
    options: ImportOptions = {},
  ): Promise<ImportReport> {
    return importSourceLines(source, this.#importer(options), options)
  }

  /** The body of a write; as it is where there is nothing to add, as for most. */
  #withOptions<B extends object, O extends AskOptions & { readonly actor?: string }>(
    own: B,
    options: O | undefined,
  ): B & ReturnType<typeof writeBody<O>> {
    return options === undefined && this.#actor === undefined ? own : { ...writeBody(options, this.#actor), ...own }
  }

  #importer(options: ImportOptions): Importer<CreateOf<D, T>> {
    const { mode: _, chunkRows: __, onProgress: ___, signal: ____, ...write } = options
    return { createMany: (rows) => this.createMany(rows, write), create: (row) => this.create(row, write) }
  }

  #bulk(
    where: WhereOf<RecordOf<D, T>>,
    options: BulkOptions,
    send: (rows: readonly StoredRecord[], body: Omit<BulkOptions, keyof BulkControls>) => Promise<unknown>,
  ): Promise<BulkProgress> {
    const { chunkRows: _, after: __, onProgress: ___, signal: ____, ...write } = options
    const body = { ...writeBody(write, this.#actor) }
    // What no wire can carry is refused by the builder, before anything is asked.
    const query = this.where(where).toJSON()
    const of = { endpoint: this.#endpoint, type: this.#type, where: query.where ?? {} }
    return bulkWhere({ ...of, send: (rows) => send(rows, body) }, options)
  }

  /** The records that match; all of them without a filter. A filter that is `undefined` is `INVALID`, not all of them. */
  override where(
    ...given: readonly [] | readonly [filter: WhereOf<RecordOf<D, T>>]
  ): QueryBuilder<RecordOf<D, T>, RelationsOf<D, T>> {
    return given.length === 0 ? super.where({}) : super.where(given[0])
  }

  /** Every version of one record, oldest first, asked for in pages as they are needed; none for an id that was never there. */
  async *history(id: string, options?: AskOptions): AsyncGenerator<VersionOf<D, T>, void, undefined> {
    let from: Seq | undefined
    do {
      const body = { type: this.#type, id, ...(from === undefined ? {} : { from }) }
      const { versions, next } = await asRecord<HistoryPage<D, T>>(this.#endpoint.ask('history', body, options))
      yield* versions
      from = next
    } while (from !== undefined)
  }
}

type BulkControls = Pick<BulkOptions, 'chunkRows' | 'after' | 'onProgress' | 'signal'>

interface HistoryPage<D extends Domain, T extends TypeOf<D>> {
  readonly versions: readonly VersionOf<D, T>[]
  readonly next?: Seq
}
