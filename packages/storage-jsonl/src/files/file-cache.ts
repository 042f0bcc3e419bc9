import { join } from 'node:path'
import type { Disk, DiskFile } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'

interface Held {
  readonly file: DiskFile
  users: number
  dropped: boolean
}

/** Files kept open for reading: at most `bounds.openFiles` that nobody is using, those used last. */
export class FileCache {
  readonly #disk: Disk
  readonly #dir: string
  /** In the order of use, the one used longest ago first. */
  readonly #held = new Map<string, Held>()

  constructor(disk: Disk, dir: string) {
    this.#disk = disk
    this.#dir = dir
  }

  /** Opens the file if need be and keeps it open while `use` runs. */
  async using<T>(name: string, use: (file: DiskFile) => Promise<T>): Promise<T> {
    const held = await this.acquire(name)
    try {
      return await use(held.file)
    } finally {
      this.release(held)
    }
  }

  /** The open file, for one synchronous use right now. */
  sync(name: string): DiskFile {
    return this.#found(name) ?? this.#keep(name, this.#disk.openSync(join(this.#dir, name))).file
  }

  async acquire(name: string): Promise<Held> {
    if (this.#found(name) === undefined) {
      const file = await this.#disk.open(join(this.#dir, name), 'read')
      const meanwhile = this.#held.get(name)
      if (meanwhile === undefined) this.#keep(name, file)
      else await file.close()
    }
    const held = this.#held.get(name)
    if (held === undefined) return this.acquire(name)
    held.users++
    return held
  }

  release(held: Held): void {
    held.users--
    if (held.dropped && held.users === 0) void close(held.file)
  }

  /** Closes these files as soon as nobody uses them: what bears their names from now on is another file, or none. */
  drop(names: Iterable<string>): void {
    for (const name of [...names]) {
      const held = this.#held.get(name)
      if (held === undefined) continue
      this.#held.delete(name)
      held.dropped = true
      if (held.users === 0) void close(held.file)
    }
  }

  close(): void {
    this.drop(this.#held.keys())
  }

  #found(name: string): DiskFile | undefined {
    const held = this.#held.get(name)
    if (held === undefined) return undefined
    if (this.#held.size > 1) {
      this.#held.delete(name)
      this.#held.set(name, held)
    }
    return held.file
  }

  #keep(name: string, file: DiskFile): Held {
    const held = { file, users: 0, dropped: false }
    this.#held.set(name, held)
    for (const [oldest, { users }] of this.#held) {
      if (this.#held.size <= bounds.openFiles) break
      if (users === 0 && oldest !== name) this.drop([oldest])
    }
    return held
  }
}

/** A file that was only read has nothing to lose by a failed close. */
async function close(file: DiskFile): Promise<void> {
  await file.close().catch(() => {})
}
