import type { Pick, SimFile } from './sim-file.ts'

export type SimNode = SimFile | SimDirectory

/** What a directory operation did: names that lead elsewhere from now on, or nowhere. A rename does both at once. */
export type NameChange = readonly (readonly [name: string, node: SimNode | undefined])[]

/** The names in one directory: as processes see them, and as they are on the medium. */
export class SimDirectory {
  readonly kind = 'directory' as const
  readonly inode: string
  readonly names: Map<string, SimNode> = new Map()
  readonly #kept = new Map<string, SimNode>()
  #pending: NameChange[] = []

  constructor(inode: string) {
    this.inode = inode
  }

  change(change: NameChange): void {
    apply(this.names, change)
    this.#pending.push(change)
  }

  sync(): void {
    for (const change of this.#pending) apply(this.#kept, change)
    this.#pending = []
  }

  /** The directory once more, as it is now, with forks of what lies in it. */
  fork(seen: Map<SimNode, SimNode>): SimDirectory {
    const fork = new SimDirectory(this.inode)
    seen.set(this, fork)
    const forkOf = (node: SimNode): SimNode => {
      const known = seen.get(node)
      if (known !== undefined) return known
      const copy = node.kind === 'directory' ? node.fork(seen) : node.fork()
      seen.set(node, copy)
      return copy
    }
    for (const [name, node] of this.names) fork.names.set(name, forkOf(node))
    for (const [name, node] of this.#kept) fork.#kept.set(name, forkOf(node))
    fork.#pending = this.#pending.map((change) =>
      change.map(([name, node]) => [name, node === undefined ? undefined : forkOf(node)] as const),
    )
    return fork
  }

  /** The directory after a power cut: of the changes that were not synced, any. */
  afterPowerCut(pick: Pick, seen: Map<SimNode, SimNode>): SimDirectory {
    const after = new SimDirectory(this.inode)
    const names = new Map(this.#kept)
    for (const change of this.#pending) if (pick(2) === 1) apply(names, change)
    for (const [name, node] of names) after.names.set(name, copyAfter(node, { pick, seen }))
    for (const [name, node] of after.names) after.#kept.set(name, node)
    return after
  }
}

/** One file may have two names in what a power cut leaves: it stays one file. */
function copyAfter(node: SimNode, { pick, seen }: { pick: Pick; seen: Map<SimNode, SimNode> }): SimNode {
  const known = seen.get(node)
  if (known !== undefined) return known
  const copy = node.kind === 'directory' ? node.afterPowerCut(pick, seen) : node.afterPowerCut(pick)
  seen.set(node, copy)
  return copy
}

function apply(names: Map<string, SimNode>, change: NameChange): void {
  for (const [name, node] of change) {
    if (node === undefined) names.delete(name)
    else names.set(name, node)
  }
}
