import {
  type CommitHooks,
  cursorType,
  type DurableCommit,
  type ErrorCode,
  errorCodes,
  type Notify,
  type ProposedCommit,
  type Seq,
  StatewardError,
  type StoreEvent,
} from '@stateward/contract'
import type { CommitMeta } from '../log/codec.ts'
import type { DecidedChange } from '../records/draft.ts'
import { checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import { textOf } from '../validation/storage-error.ts'
import type { DecidedCommit } from './decided.ts'

const hookKeys = new Set(['beforeCommit', 'afterCommit'])
const vetoed = { hook: 'beforeCommit' } as const

/** `INVALID` for what is no pair of functions. */
export function checkedHooks(hooks: unknown = {}): CommitHooks {
  if (typeof hooks !== 'object' || hooks === null)
    throw invalid(`expected hooks to be an object, found ${describe(hooks)}`)
  checkKeys(hooks, hookKeys, 'hooks')
  const given: CommitHooks = { ...hooks }
  for (const [name, hook] of Object.entries(given)) {
    if (hook !== undefined && typeof hook !== 'function')
      throw invalid(`expected hooks.${name} to be a function, found ${describe(hook)}`)
  }
  return given
}

/** Runs the application's code around commits, so that whatever it does, the actor goes on. */
export class HookRunner {
  readonly #hooks: CommitHooks
  readonly #tell: Notify<StoreEvent>
  #isJudging = false

  constructor(hooks: CommitHooks, tell: Notify<StoreEvent>) {
    this.#hooks = hooks
    this.#tell = tell
  }

  /** `INVALID` while a hook judges a commit: each write would be judged in its turn, and write again. */
  assertOutside(): void {
    if (this.#isJudging)
      throw invalid(
        'expected no write from within beforeCommit, found one; write in afterCommit, or refuse the commit',
        {
          ...vetoed,
        },
      )
  }

  /** What hooks are shown of a commit; throws the refusal of the one before. `undefined` where nobody looks. */
  judged(changes: readonly DecidedChange[], meta: CommitMeta): ProposedCommit | undefined {
    const { beforeCommit, afterCommit } = this.#hooks
    if (beforeCommit === undefined && afterCommit === undefined) return undefined
    const proposed = proposedOf(changes, meta)
    if (proposed.changes.length === 0) return undefined
    if (beforeCommit !== undefined) this.#judge(beforeCommit, proposed)
    return proposed
  }

  #judge(hook: NonNullable<CommitHooks['beforeCommit']>, proposed: ProposedCommit): void {
    let answer: unknown
    this.#isJudging = true
    try {
      answer = hook(proposed)
    } catch (reason) {
      throw vetoOf(reason) ?? invalid(`the hook beforeCommit threw: ${textOf(reason)}`, { ...vetoed })
    } finally {
      this.#isJudging = false
    }
    if (answer === undefined) return
    // Whatever becomes of a promise, the commit is refused, and nobody else would hear of its rejection.
    Promise.resolve(answer).catch(() => undefined)
    throw (
      vetoOf(answer) ??
      invalid(`expected beforeCommit to answer at once with nothing or a violation, found ${describe(answer)}`, {
        ...vetoed,
      })
    )
  }

  /** These are durable. Never throws. */
  committed(commits: readonly DecidedCommit[]): void {
    const { afterCommit } = this.#hooks
    if (afterCommit === undefined) return
    const durable = commits.flatMap(({ seq, proposed }) =>
      proposed === undefined ? [] : [Object.freeze({ ...proposed, seq })],
    )
    // Not here: what the hook asks the store for must not meet it half-way through an append.
    if (durable.length > 0) queueMicrotask(() => this.#observe(afterCommit, durable))
  }

  #observe(hook: NonNullable<CommitHooks['afterCommit']>, commits: readonly DurableCommit[]): void {
    for (const commit of commits) {
      const failed = (reason: unknown): void => this.#failed(commit.seq, reason)
      try {
        // A promise of another realm or library, too: nobody else would hear of its rejection.
        Promise.resolve(hook(commit)).catch(failed)
      } catch (reason) {
        failed(reason)
      }
    }
  }

  #failed(seq: Seq, reason: unknown): void {
    const code = vetoOf(reason)?.code ?? 'INVALID'
    this.#tell({ kind: 'hook', hook: 'afterCommit', seq, code, message: textOf(reason) })
  }
}

function proposedOf(changes: readonly DecidedChange[], { timestamp, actor, txid, force }: CommitMeta): ProposedCommit {
  const shown = changes.filter(({ change }) => change.type !== cursorType)
  return Object.freeze({
    timestamp,
    changes: Object.freeze(
      shown.map(({ change: { type, id, rev }, before, after }) => Object.freeze({ type, id, rev, before, after })),
    ),
    ...(actor === undefined ? {} : { actor }),
    ...(txid === undefined ? {} : { txid }),
    ...(force === undefined ? {} : { force }),
  })
}

/** A refusal as a hook may give it, of this copy of the package or of another; `undefined` for anything else. */
function vetoOf(given: unknown): StatewardError | undefined {
  try {
    if (typeof given !== 'object' || given === null || !('code' in given) || !('message' in given)) return undefined
    const { code, message } = given
    if (!isCode(code) || typeof message !== 'string') return undefined
    const details = 'details' in given && typeof given.details === 'object' ? given.details : {}
    return new StatewardError(code, message, { cause: given, details: { ...details, ...vetoed } })
  } catch {
    // A getter that throws is no refusal.
    return undefined
  }
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}
