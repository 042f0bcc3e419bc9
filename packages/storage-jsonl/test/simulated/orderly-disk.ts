import { dirname } from 'node:path'
import { SimDisk } from '@stateward/conformance'
import type { DiskFile, DiskSpace, DiskStat, OpenMode } from '@stateward/contract'

interface Call {
  readonly call: string
  readonly paths: readonly string[]
}

/** Of two calls of these about one file at once, nobody can say what is on the disk behind them. */
const changes = ['create', 'write', 'datasync', 'truncate', 'rename', 'remove', 'close']
/** What changes the names that the sync of a directory is about. */
const namings = ['create', 'rename', 'remove']

/**
 * A disk that is busy, as real ones are: each call takes a turn of the event loop. It sees what nobody waits for: calls
 * that are under way, calls that go on beside one that they should follow, files that nobody has closed.
 */
export class OrderlyDisk extends SimDisk {
  /** Calls that began before one that they should follow had ended. */
  readonly disorder: string[] = []
  readonly #underWay = new Set<Call>()
  readonly #handles = new Map<object, string>()

  /** The calls that have begun and not ended. */
  get allUnderWay(): string[] {
    return [...this.#underWay].map(({ call, paths }) => `${call} ${paths.join(' ')}`)
  }

  /** As `allUnderWay`, without those of the caches: a writer has them beside everything else. */
  get underWay(): string[] {
    return this.allUnderWay.filter((call) => !call.includes('/cache'))
  }

  /** The files that are open. */
  get handles(): string[] {
    return [...this.#handles.values()]
  }

  override async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const file = await this.#ordered(mode === 'create' ? mode : 'open', [path], () => super.open(path, mode))
    return this.#handle(file, path, mode)
  }

  override openSync(path: string): DiskFile {
    return this.#handle(super.openSync(path), path, 'read')
  }

  override stat(path: string): Promise<DiskStat | undefined> {
    return this.#ordered('stat', [path], () => super.stat(path))
  }

  override list(directory: string): Promise<string[]> {
    return this.#ordered('list', [directory], () => super.list(directory))
  }

  override makeDirectory(path: string): Promise<boolean> {
    return this.#ordered('create', [path], () => super.makeDirectory(path))
  }

  override removeDirectory(path: string): Promise<void> {
    return this.#ordered('remove', [path], () => super.removeDirectory(path))
  }

  override rename(from: string, to: string): Promise<void> {
    return this.#ordered('rename', [from, to], () => super.rename(from, to))
  }

  override remove(path: string): Promise<void> {
    return this.#ordered('remove', [path], () => super.remove(path))
  }

  override syncDirectory(path: string): Promise<void> {
    return this.#ordered('syncDirectory', [path], () => super.syncDirectory(path))
  }

  override space(path: string): Promise<DiskSpace> {
    return this.#ordered('space', [path], () => super.space(path))
  }

  #handle(file: DiskFile, path: string, mode: OpenMode): DiskFile {
    const key = {}
    this.#handles.set(key, path)
    const ordered = <T>(call: string, run: () => Promise<T>): Promise<T> => this.#ordered(call, [path], run)
    return {
      ...file,
      read: (into, position) => ordered('read', () => file.read(into, position)),
      write: (from, position) => ordered('write', () => file.write(from, position)),
      datasync: () => ordered('datasync', () => file.datasync()),
      truncate: (bytes) => ordered('truncate', () => file.truncate(bytes)),
      stat: () => ordered('stat', () => file.stat()),
      lock: () => ordered('lock', () => file.lock()),
      close: async () => {
        this.#handles.delete(key)
        // What was only read has nothing to lose.
        if (mode === 'read') await file.close()
        else await ordered('close', () => file.close())
      },
    }
  }

  async #ordered<T>(call: string, paths: readonly string[], run: () => Promise<T>): Promise<T> {
    const one = { call, paths }
    for (const other of this.#underWay)
      if (isTooEarly(one, other)) this.disorder.push(`${call} ${paths[0]} before the end of ${other.call}`)
    this.#underWay.add(one)
    try {
      await new Promise((resolve) => setImmediate(resolve))
      return await run()
    } finally {
      this.#underWay.delete(one)
    }
  }
}

function isTooEarly(one: Call, other: Call): boolean {
  const isOfOneFile = one.paths.some((path) => other.paths.includes(path))
  if (isOfOneFile && changes.includes(one.call) && changes.includes(other.call)) return true
  return isNamingDuringSync(one, other) || isNamingDuringSync(other, one)
}

function isNamingDuringSync(naming: Call, sync: Call): boolean {
  if (sync.call !== 'syncDirectory' || !namings.includes(naming.call)) return false
  return naming.paths.some((path) => sync.paths.includes(dirname(path)))
}
