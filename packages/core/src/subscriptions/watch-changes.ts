import {
  type Change,
  type ChangesAsk,
  type Commit,
  type Domain,
  type LostCommits,
  type RecordChange,
  type Seq,
  StatewardError,
  type Where,
} from '@stateward/contract'
import { checkQuery, compilePredicate, type Predicate } from '@stateward/query'
import type { DecidedCommit } from '../deciding/decided.ts'
import { type KnownVersion, VersionsBefore, type VersionsSource, versionAfter } from '../history/versions-before.ts'
import { joined } from '../log/commits-of.ts'
import type { DecidedChange } from '../records/draft.ts'
import { checkedEntity, checkedSeq, checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'

/** What a feed is asked with, checked. */
export interface Feed {
  readonly since: Seq
  readonly types: ReadonlySet<string>
  readonly matches: Predicate | undefined
  readonly maxBehind: number
}

export interface FeedSource {
  /** Commits in order from a seq on, as `Endpoint.follow`. */
  readonly follow: (from: Seq) => AsyncIterable<readonly Commit[]>
  /** Where to look up former versions now. */
  readonly versions: () => VersionsSource
  /** A commit that was made a moment ago. */
  readonly recent: (seq: Seq) => DecidedCommit | undefined
  readonly lastSeq: () => Seq | Promise<Seq>
}

const keys = new Set(['since', 'types', 'where', 'maxBehind'])

/** Throws `INVALID` and what `checkQuery` throws. */
export function checkedFeed(domain: Domain, given: ChangesAsk): Feed {
  if (typeof given !== 'object' || given === null)
    throw invalid(`expected what a feed is asked with to be an object, found ${describe(given)}`)
  checkKeys(given, keys, 'what a feed is asked with')
  const { since = 1, types, where, maxBehind = Number.POSITIVE_INFINITY } = given
  if (types !== undefined && !Array.isArray(types))
    throw invalid(`expected types to be a list of types, found ${describe(types)}`)
  for (const type of types ?? []) checkedEntity(domain, type)
  if (!(typeof maxBehind === 'number' && maxBehind >= 1))
    throw invalid(`expected maxBehind to be a number of commits from 1, found ${describe(maxBehind)}`)
  return {
    since: Math.max(1, checkedSeq('since', since)),
    types: new Set(types ?? Object.keys(domain.entities)),
    matches: where === undefined ? undefined : filterOf(domain, types ?? [], where),
    maxBehind,
  }
}

function filterOf(domain: Domain, types: readonly string[], where: Where): Predicate {
  const [type] = types
  if (type === undefined || types.length !== 1)
    throw invalid(`expected one type in types beside a filter, found ${types.length}; fields are those of a type`)
  const entity = checkedEntity(domain, type)
  return compilePredicate(checkQuery({ type, where }, entity).where, entity)
}

/** Tells the changes of records, commit by commit; see `Watching.changes`. */
export async function* watchChanges(feed: Feed, source: FeedSource): AsyncGenerator<readonly RecordChange[]> {
  const lastSeq = await source.lastSeq()
  if (feed.since > lastSeq + 1) throw ofElsewhere(feed.since, lastSeq)
  const teller = new ChangeTeller(feed, source)
  let hasCaughtUp = feed.since > lastSeq
  for await (const commits of source.follow(feed.since)) {
    const [first] = commits
    const newest = await source.lastSeq()
    if (hasCaughtUp && first !== undefined && newest - first.seq >= feed.maxBehind)
      throw slowConsumer(first.seq, newest, feed.maxBehind)
    hasCaughtUp ||= (commits.at(-1)?.seq ?? 0) >= newest
    const told = await teller.tell(commits)
    if (told.length > 0) yield told
  }
}

class ChangeTeller {
  readonly #feed: Feed
  readonly #source: FeedSource
  readonly #versions: VersionsBefore
  /** Lost commits that no change has told of yet. */
  #lost: LostCommits | undefined

  constructor(feed: Feed, source: FeedSource) {
    this.#feed = feed
    this.#source = source
    this.#versions = new VersionsBefore(source.versions)
  }

  async tell(commits: readonly Commit[]): Promise<readonly RecordChange[]> {
    const own = commits.map((commit) => ({ ...commit, changes: this.#ownOf(commit.changes) }))
    const decided = commits.map(({ seq }) => this.#source.recent(seq))
    await this.#versions.prepare(own.filter((_, at) => decided[at] === undefined))
    const told: RecordChange[] = []
    for (const [at, commit] of own.entries()) {
      if (commit.lostBefore !== undefined) this.#lost = joined(this.#lost, commit.lostBefore)
      told.push(...this.#changesOf(commit, commits[at]?.changes ?? [], decided[at]))
    }
    return told
  }

  #ownOf(changes: readonly Change[]): readonly Change[] {
    return changes.filter(({ type }) => this.#feed.types.has(type))
  }

  #changesOf(commit: Commit, all: readonly Change[], decided: DecidedCommit | undefined): RecordChange[] {
    const told: Omit<RecordChange, 'last'>[] = []
    const { seq, timestamp, actor, txid } = commit
    for (const change of commit.changes) {
      const at = all.indexOf(change)
      const sides = this.#sidesOf(change, decided?.changes[at])
      if (!this.#passes(sides)) continue
      told.push({
        seq,
        at,
        timestamp,
        ...described(change, sides),
        ...(actor === undefined ? {} : { actor }),
        ...(txid === undefined ? {} : { txid }),
        ...(this.#lost === undefined ? {} : { lostBefore: this.#lost }),
      })
      this.#lost = undefined
    }
    return told.map((change, at) => ({ ...change, last: at === told.length - 1 }))
  }

  #sidesOf(change: Change, decided: DecidedChange | undefined): Sides {
    const { type, id, rev } = change
    if (decided !== undefined) {
      const after = { record: decided.after, rev }
      this.#versions.set(type, id, after)
      return { before: { record: decided.before, rev: rev - 1 }, after }
    }
    const known = this.#versions.get(type, id)
    // Another version than the one before: that one was lost, or let go of.
    const before = rev === 0 || known?.rev === rev - 1 ? known : undefined
    const after = versionAfter(change, before)
    this.#versions.set(type, id, after)
    return { before, after }
  }

  #passes({ before, after }: Sides): boolean {
    const { matches } = this.#feed
    if (matches === undefined || before === undefined || after === undefined) return true
    return [before.record, after.record].some((record) => record !== undefined && matches(record))
  }
}

/** A record on either side of a change; `undefined` where it is not known. */
interface Sides {
  readonly before: KnownVersion | undefined
  readonly after: KnownVersion | undefined
}

function described(
  change: Change,
  { before, after }: Sides,
): Pick<RecordChange, 'op' | 'type' | 'id' | 'rev' | 'before' | 'after' | 'incomplete'> {
  const { type, id } = change
  return {
    op: change.op === 'delete' ? 'delete' : before !== undefined && before.record === undefined ? 'create' : 'update',
    type,
    id,
    rev: after?.rev ?? change.rev,
    ...(before?.record === undefined ? {} : { before: before.record }),
    ...(after?.record === undefined ? {} : { after: after.record }),
    ...(before === undefined || after === undefined ? { incomplete: true } : {}),
  }
}

function ofElsewhere(since: Seq, lastSeq: Seq): StatewardError {
  return invalid(
    `expected since to be at most ${lastSeq + 1}, the next commit, found ${since}; it is of another store, or of commits that were lost`,
    { since, lastSeq },
  )
}

function slowConsumer(resumeFrom: Seq, lastSeq: Seq, maxBehind: number): StatewardError {
  return new StatewardError(
    'SLOW_CONSUMER',
    `expected a reader at most ${maxBehind} commits behind, found it before ${resumeFrom} of ${lastSeq}; nothing is lost: begin again with since: ${resumeFrom}`,
    { details: { resumeFrom, lastSeq, maxBehind } },
  )
}
