/** What a log serves: its commits by seq, and the seqs that it says are lost. */
export interface Served {
  readonly commits: ReadonlyMap<number, string>
  readonly lost: readonly number[]
}

interface Change {
  readonly type: string
  readonly target?: string
  readonly id?: string
  readonly data?: { readonly id?: string; readonly ops?: readonly Change[] }
  readonly rev: number
}

/**
 * What is left of a log when some of its commits are damaged, the slow and obvious way: every commit is taken, in order,
 * whose updates find the version right before theirs; a deletion and a whole record are always taken.
 */
export function modelOf(records: readonly string[], damaged: ReadonlySet<number>): Served {
  const commits = new Map<number, string>()
  const lost: number[] = []
  const revs = new Map<string, number>()
  for (const [at, record] of records.entries()) {
    const seq = at + 1
    const changes = changesOf(record)
    const isOrphan = changes.some(({ type, key, rev }) => type === 'update' && revs.get(key) !== rev - 1)
    if (damaged.has(seq) || isOrphan) lost.push(seq)
    else {
      commits.set(seq, record)
      for (const { key, rev } of changes) revs.set(key, rev)
    }
  }
  return { commits, lost }
}

function changesOf(record: string): { type: string; key: string; rev: number }[] {
  const line: Change = JSON.parse(record)
  const changes = line.type === 'tx' ? (line.data?.ops ?? []) : [line]
  return changes.map(({ type, target, id, data, rev }) => ({
    type,
    key: type === 'update' || type === 'delete' ? `${target} ${id}` : `${type} ${data?.id}`,
    rev,
  }))
}
