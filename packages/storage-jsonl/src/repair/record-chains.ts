import type { Seq } from '@stateward/contract'

interface Change {
  readonly type?: unknown
  readonly target?: unknown
  readonly id?: unknown
  readonly rev?: unknown
  readonly prev?: unknown
  readonly data?: { readonly id?: unknown; readonly ops?: unknown }
}

interface Version {
  readonly rev: number
  readonly seq: Seq
  readonly isThere: boolean
}

/** Follows every record through the lines of a log: its versions count up by one, and each update names the line before it. */
export class RecordChains {
  readonly #versions = new Map<string, Version>()
  readonly #isFromTheFirst: boolean
  #hasGaps = false

  /** `isFromTheFirst`: whether the lines begin with the log's first commit, so that every record is known from its beginning. */
  constructor(isFromTheFirst: boolean) {
    this.#isFromTheFirst = isFromTheFirst
  }

  /** Says that commits are missing here: a whole record, or a deletion, may be some versions on. */
  skip(): void {
    this.#hasGaps = true
  }

  /** Takes the commit in a line; says what does not fit, or `undefined`. */
  take(line: string, seq: Seq): string | undefined {
    const parsed: Change = JSON.parse(line)
    const changes: readonly Change[] =
      parsed.type === 'tx' && Array.isArray(parsed.data?.ops) ? parsed.data.ops : [parsed]
    for (const change of changes) {
      const reason = this.#takeOne(change, seq)
      if (reason !== undefined) return reason
    }
    return undefined
  }

  #takeOne({ type, target, id, rev, prev, data }: Change, seq: Seq): string | undefined {
    const isWhole = type !== 'update' && type !== 'delete'
    const name = isWhole ? `${type} ${data?.id}` : `${target} ${id}`
    const before = this.#versions.get(name)
    const isKnown = before !== undefined || this.#isFromTheFirst
    const next = (before?.rev ?? 0) + 1
    if (type === 'update' && isKnown && before?.isThere !== true) return `it updates ${name}, which is not there`
    // Lines of the plain format count no versions.
    const mayJump = this.#hasGaps && type !== 'update' && typeof rev === 'number' && rev > next
    if (typeof rev === 'number' && isKnown && rev !== next && !mayJump)
      return `rev ${rev} of ${name}, where rev ${next} follows`
    if (type === 'update' && typeof prev === 'number' && before !== undefined && prev !== before.seq) {
      return `prev ${prev}, where the line of ${name} before it is ${before.seq}`
    }
    this.#versions.set(name, { rev: typeof rev === 'number' ? rev : next, seq, isThere: type !== 'delete' })
    return undefined
  }
}
