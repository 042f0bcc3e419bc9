import { basename, dirname } from 'node:path'
import { SimDirectory, type SimNode } from './sim-directory.ts'
import { type Pick, SimFile } from './sim-file.ts'

export type SimOperation =
  | 'create'
  | 'write'
  | 'datasync'
  | 'truncate'
  | 'rename'
  | 'remove'
  | 'makeDirectory'
  | 'syncDirectory'

/** A call of a disk that has a promise, before it begins. */
export interface SimCall {
  readonly call: SimOperation | 'open' | 'read' | 'stat' | 'list' | 'lock' | 'space' | 'removeDirectory'
  readonly path: string
}

/** One operation that changes something, before it takes place. */
export interface SimStep {
  /** 1, 2, 3 … since the medium was made. */
  readonly step: number
  readonly operation: SimOperation
  /** Of the file as it was opened: it may have another name by now. */
  readonly path: string
  /** Of a write; 0 otherwise. */
  readonly bytes: number
  /** What a write writes, and where. */
  readonly written?: { readonly from: Uint8Array; readonly position: number; readonly inode: string } | undefined
}

/**
 * What happens to a step: nothing special, an error, a write of fewer bytes, or nothing at all though it is called done.
 * A sync that fails leaves pages that are called clean and are not on the medium.
 */
export type SimFault = { readonly fail: string } | { readonly short: number } | { readonly skip: true } | undefined

/** Thrown by everything that a dead process still tries. */
export class Died extends Error {
  readonly code = 'DIED'
}

/**
 * A medium in memory that keeps what a real one keeps. What was written and not synced is lost at a power cut in any
 * combination of 512-byte sectors; so are names of which the directory was not synced. A killed process loses nothing
 * but its locks.
 */
export class SimMedium {
  readonly root: SimDirectory
  /** Decides, and takes note, before each step. When it kills the process, nothing of the step is done. */
  onStep: (step: SimStep) => SimFault = () => undefined
  /**
   * Comes before each call that has a promise, also one that only looks. The call waits for it, as for a disk that takes
   * its time, and rejects with what it throws: `failure('EMFILE', path)`.
   */
  onCall: ((call: SimCall) => Promise<void> | void) | undefined
  steps = 0
  /** What all files together may take; what would go beyond it is written short, and then not at all. */
  capacityBytes: number = Number.MAX_SAFE_INTEGER
  /** The process that is running. */
  process: object = {}
  #inodes: number

  constructor(root: SimDirectory = new SimDirectory('root'), inodes = 0) {
    this.root = root
    this.#inodes = inodes
  }

  /** Ends the running process, and those beside it. What they wrote stays as it is. */
  kill(): void {
    this.process = {}
  }

  /** The medium when the power comes back. */
  afterPowerCut(pick: Pick): SimMedium {
    const after = new SimMedium(this.root.afterPowerCut(pick, new Map()), this.#inodes)
    after.capacityBytes = this.capacityBytes
    return after
  }

  /**
   * The medium once more as it is now, with what is not synced yet, as if its process were killed at this moment. What
   * happens to the one does not happen to the other, so that one run of a workload gives a crash at each of its steps.
   * Takes time in proportion to the number of files: their bytes are shared until either changes them.
   */
  fork(): SimMedium {
    const fork = new SimMedium(this.root.fork(new Map()), this.#inodes)
    fork.capacityBytes = this.capacityBytes
    return fork
  }

  /** The medium copied as it is now, everything on it synced. */
  copy(): SimMedium {
    for (const file of this.files().values()) file.sync()
    syncAll(this.root)
    return this.afterPowerCut(() => 0)
  }

  /** Bytes that all files together may still grow by. */
  get freeBytes(): number {
    if (this.capacityBytes === Number.MAX_SAFE_INTEGER) return this.capacityBytes
    const used = [...new Set(this.files().values())].reduce((sum, { size }) => sum + size, 0)
    return Math.max(0, this.capacityBytes - used)
  }

  /** Every file by its path. */
  files(directory: SimDirectory = this.root, path = ''): Map<string, SimFile> {
    const found = new Map<string, SimFile>()
    for (const [name, node] of directory.names) {
      if (node.kind !== 'directory') found.set(`${path}/${name}`, node)
      else for (const [inner, file] of this.files(node, `${path}/${name}`)) found.set(inner, file)
    }
    return found
  }

  /** The content of every file, as text, by path. */
  contents(): Record<string, string> {
    return Object.fromEntries([...this.files()].map(([path, file]) => [path, file.bytes.toString('latin1')]))
  }

  file(path: string): SimFile {
    const node = this.existing(path)
    if (node.kind === 'directory') throw failure('EISDIR', path)
    return node
  }

  /** Puts something there that no process made. */
  plant(path: string, content: string | Uint8Array | { readonly link: string }): void {
    const isLink = typeof content === 'object' && 'link' in content
    const file = this.newFile(isLink ? 'link' : 'file')
    if (!isLink) file.write(Buffer.from(content), 0)
    file.sync()
    const parent = this.parentOf(path)
    parent.change([[basename(path), file]])
    parent.sync()
  }

  step(operation: SimOperation, path: string, written?: SimStep['written']): SimFault {
    const bytes = written?.from.length ?? 0
    const { process } = this
    const fault = this.onStep({ step: ++this.steps, operation, path, bytes, written })
    if (this.process !== process) throw new Died('killed at this step')
    if (fault !== undefined && 'fail' in fault) throw failure(fault.fail, path)
    return fault
  }

  find(path: string): SimNode | undefined {
    let node: SimNode | undefined = this.root
    for (const name of namesIn(path)) {
      if (node?.kind !== 'directory') return undefined
      node = node.names.get(name)
    }
    return node
  }

  existing(path: string): SimNode {
    const node = this.find(path)
    if (node === undefined) throw failure('ENOENT', path)
    return node
  }

  directory(path: string): SimDirectory {
    const node = this.existing(path)
    if (node.kind !== 'directory') throw failure('ENOTDIR', path)
    return node
  }

  parentOf(path: string): SimDirectory {
    return this.directory(dirname(path))
  }

  newFile(kind: SimFile['kind'] = 'file'): SimFile {
    return new SimFile(`${++this.#inodes}`, kind)
  }

  newDirectory(): SimDirectory {
    return new SimDirectory(`${++this.#inodes}`)
  }
}

/** The names that a path leads through. A medium is asked for the same few paths a million times. */
function namesIn(path: string): readonly string[] {
  const known = knownPaths.get(path)
  if (known !== undefined) return known
  if (knownPaths.size === knownPathsMost) knownPaths.clear()
  const names = path.split('/').filter((name) => name !== '')
  knownPaths.set(path, names)
  return names
}

const knownPaths = new Map<string, readonly string[]>()
const knownPathsMost = 1_000

function syncAll(directory: SimDirectory): void {
  directory.sync()
  for (const node of directory.names.values()) if (node.kind === 'directory') syncAll(node)
}

/** What a call fails with: an error with a `code` of POSIX. */
export function failure(code: string, path: string): Error {
  const { stackTraceLimit } = Error
  // What is thrown a thousand times a second, mostly to be told ENOENT, is worth more without its stack.
  Error.stackTraceLimit = 0
  try {
    return Object.assign(new Error(`${code}: simulated, ${path}`), { code })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
