import type { WorkStatus } from 'stateward'
import type { Changes } from './data/data-set.ts'
import type { Item, ItemType } from './data/item.ts'
import type { Durability } from './durability.ts'

/** A result, or a promise of it: who answers at once is not made to pay for a promise. */
export type Soon<T> = T | Promise<T>

/** A record as a contender gives it back: at least the fields of the item that was stored. */
export type Row = object & { readonly id: string }

/** Settles when the write is as safe as the contender's `durability` says. */
export interface Writes {
  /** Stores all batches; settles when all of them are as safe as a single write would be. */
  load(batches: Iterable<readonly Item[]>): Promise<void>
  create(item: Item): Soon<unknown>
  /** Sets fields of a phase. */
  update(id: string, changes: Changes): Soon<unknown>
}

/** Ties in every order come by id ascending. */
export interface Reads {
  /** How many records there are. */
  size(): Soon<number>
  get(type: ItemType, id: string): Soon<Row | undefined>
  /** Phases with this status, newest `updated_at` first, `limit` of them. */
  newest(status: WorkStatus, limit: number): Soon<readonly Row[]>
  /** The specs of a plan by id. */
  specsOf(planId: string): Soon<readonly Row[]>
  /** Phases by `updated_at`, from `from` (RFC 3339) on, `limit` of them. */
  since(from: string, limit: number): Soon<readonly Row[]>
  /** Phases with this name and order, neither of which anybody has an index of, by id. */
  named(name: string, order: number): Soon<readonly Row[]>
  /** The number of phases by status. */
  counts(): Soon<Readonly<Record<string, number>>>
}

/** Queries of the built-in domain that an index serves, beside those of `Reads`; rows in the order asked for, ties by id. */
export interface IndexedReads {
  /** The phase of this id, by a query. */
  withId(id: string): Soon<readonly Row[]>
  /** The phases of a spec by `order`. */
  phasesOf(specId: string): Soon<readonly Row[]>
  /** Phases with this status by `updated_at`, from `from` (RFC 3339) on, `limit` of them. */
  statusSince(status: WorkStatus, from: string, limit: number): Soon<readonly Row[]>
  /** The phases with the newest `updated_at`, `limit` of them. */
  newestOfAll(limit: number): Soon<readonly Row[]>
  /** The specs of a plan whose name contains this text, by id. */
  specsNamed(planId: string, part: string): Soon<readonly Row[]>
  /** As `newest`, behind a cursor, with the cursor behind these. */
  newestPage(
    status: WorkStatus,
    limit: number,
    cursor?: string,
  ): Soon<{ readonly rows: readonly Row[]; readonly cursor?: string }>
}

/** What an update sets, and of which phase. */
export interface PhaseUpdate {
  readonly id: string
  readonly changes: Changes
}

/** Many writes that are there whole or not at all; settles as a single write does. */
export interface Transactions {
  /** Reads each phase that it updates, then stores the items and updates the phases. */
  readAndWrite(items: readonly Item[], updates: readonly PhaseUpdate[]): Soon<unknown>
  /** The same as a list that is sent at once; nothing is read. */
  writeAll(items: readonly Item[], updates: readonly PhaseUpdate[]): Soon<unknown>
}

/** What a query of phases asks for that is to be kept up. */
export interface Wanted {
  readonly where: { readonly id?: string; readonly spec_id?: string; readonly status?: WorkStatus }
  /** Newest `updated_at` first, so many of them; absent: all, in the order of ids. */
  readonly newest?: number
}

export interface LiveQueries {
  /**
   * Resolves when the result is known; from then on every difference calls back, with the number of records that are new
   * in it or another version. The answer ends it.
   */
  subscribe(wanted: Wanted, onDifference: (records: number) => void): Promise<() => void>
}

/** A piece of work that one worker holds. */
export interface HeldWork {
  readonly id: string
  readonly token: number
}

export interface Claims {
  /** Ids of the oldest specs that could be begun. */
  ready(limit: number): Promise<readonly string[]>
  claimNext(holder: string): Promise<HeldWork | undefined>
  complete(held: HeldWork): Promise<unknown>
  /** How many specs are completed, and how many claims are held by nobody any more. */
  ended(): Promise<{ readonly specs: number; readonly claims: number }>
}

/** A version of a record, and the commit that made it. */
export interface PastVersion {
  readonly seq: number
  readonly name: string
}

export interface Past {
  /** Writes each name as a commit of its own, in order; the first one of an id creates the record. */
  write(names: Iterable<{ readonly id: string; readonly name: string }>): Promise<void>
  commits(): Promise<number>
  nameAt(id: string, seq: number): Promise<string | undefined>
  history(id: string): Promise<readonly PastVersion[]>
}

/** The limit of the disk: the bytes of so many commits, written and synced as one group. */
export interface Groups {
  write(commits: number): Soon<unknown>
}

/** Everything that is stored, from one end to the other. */
export interface Scan {
  /** Goes through all of it once; what it has counted. */
  pass(): Soon<number>
  /** What it must count where there are so many records, found in another way. */
  known(size: number): Soon<number>
}

/** Bodies that were asked for since the opening. */
export interface Lookups {
  readonly cached: number
  /** Read from the log. */
  readonly fetched: number
}

/** What is being measured, opened. */
export interface Store {
  readonly writes?: Writes
  readonly reads?: Reads
  readonly indexed?: IndexedReads
  readonly groups?: Groups
  readonly transactions?: Transactions
  readonly live?: LiveQueries
  readonly claims?: Claims
  readonly past?: Past
  readonly scan?: Scan
  /** Puts what is stored together anew; resolves when that is done. */
  compact?(signal: AbortSignal): Soon<unknown>
  /** Where the bodies that were asked for have come from; absent where there is no telling. */
  lookups?(): Promise<Lookups>
  /** How many indexes it keeps, where there is any telling. */
  indexes?(): Promise<number>
  /** How many segments the log has begun so far, where it has any. */
  segments?(): number
  /** Begins to watch itself; the answer says what it saw since, such as the mean size of its groups. */
  watch?(): () => string | undefined
  close(): Soon<void>
}

/** Opens, and where nothing is there makes, a store in a directory that exists. Limits take the data set instead. */
export type OpenStore = (dir: string, context: OpenContext) => Promise<Store>

export interface OpenContext {
  readonly seed: number
  readonly size: number
  /** A log that has segments begins the next one after so many bytes, and is left as it grows: nothing compacts it. */
  readonly segmentBytes?: number
  /** Of what was overwritten nothing is kept, and nothing is put together anew but by `compact`; absent: as the contender does by itself. */
  readonly keeps?: 'newest'
  /** The phases have one more index than they have in the built-in domain: of their names. */
  readonly oneMoreIndex?: true
  /** Who keeps records at hand keeps so many bytes of them, where it can be told. */
  readonly cacheBytes?: number
}

/** What a contender can be asked to do; `start`: to be opened with an eye on the clock, `killed`: and after a SIGKILL. */
export type Ability =
  | 'create'
  | 'load'
  | 'update'
  | 'get'
  | 'query'
  | 'reopen'
  | 'compact'
  | 'group'
  | 'start'
  | 'killed'
  | 'transact'
  | 'live'
  | 'claim'
  | 'past'
  | 'scan'
  | 'more'
  | 'memory'

export interface Contender {
  readonly name: string
  /** For people: what it is and how it is set. */
  readonly title: string
  readonly role: 'stateward' | 'peer' | 'limit'
  readonly durability: Durability
  readonly abilities: readonly Ability[]
  /** Operations until the compiler has done its best: many for JavaScript that goes through several packages, few for native code. */
  readonly warmOperations: number
  /** Whose stores it opens; absent: it loads its own. */
  readonly loadedBy?: Contender
  /** A folder in its directory that only makes the next opening faster: it may be removed. */
  readonly cacheFolder?: string
  /** Loaded only in the process that measures it. */
  readonly opener: () => Promise<OpenStore>
}
