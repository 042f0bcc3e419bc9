/** A place of the sources where the instrumentation stands, and what would stand there without it. */
export interface Cut {
  /** From `packages/`. */
  readonly file: string
  /** Stands there once. */
  readonly find: string
  readonly replace: string
}

/** All that a message, a transaction, a query, a commit and a sync pass through of the instrumentation. */
export const cuts: readonly Cut[] = [
  {
    file: 'core/src/manager/manager.ts',
    find: `    const times = this.#messages.wanted(kind)
    if (times === unwatched) return this.#answer(kind, body, options)
    return this.#watched(kind, body, options, times)`,
    replace: '    return this.#answer(kind, body, options)',
  },
  {
    file: 'core/src/transactions/transaction.ts',
    find: "    const times = messages.wanted('transaction')\n",
    replace: '    const times: number = unwatched\n',
  },
  {
    file: 'core/src/writing/write-actor.ts',
    find: '    observation.messages.taken()\n',
    replace: '',
  },
  {
    file: 'core/src/reading/reads.ts',
    find: '    const times = queries?.wanted()\n',
    replace: '    const times = undefined\n',
  },
  {
    file: 'core/src/lifecycle/term.ts',
    find: '    writer: observation.appends.of(writer),\n',
    replace: '    writer,\n',
  },
  {
    file: 'storage-jsonl/src/appending/group-commit.ts',
    find: 'timed(this.syncMs, this.#options.clock, () => file.datasync())',
    replace: 'file.datasync()',
  },
]

/** A source with its instrumentation cut out. Throws where it does not stand as it did. */
export function without(path: string, source: string): string {
  let left = source
  for (const { file, find, replace } of cuts) {
    if (!path.endsWith(`/packages/${file}`)) continue
    const places = left.split(find).length - 1
    if (places !== 1) throw new Error(`${places} places in ${file} hold what is to be cut out, expected one: ${find}`)
    left = left.replace(find, () => replace)
  }
  return left
}
