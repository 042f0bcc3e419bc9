import { basename } from 'node:path'
import type { Disk, DiskFile, DiskSpace, DiskStat, OpenMode } from '@stateward/contract'
import type { SimNode } from './sim-directory.ts'
import type { SimFile } from './sim-file.ts'
import { Died, failure, type SimCall, type SimMedium } from './sim-medium.ts'

const openModes: readonly string[] = ['read', 'change', 'create'] satisfies OpenMode[]

/** A medium as one process sees it, for as long as that process lives. */
export class SimDisk implements Disk {
  readonly medium: SimMedium
  readonly #process: object

  constructor(medium: SimMedium, process: object) {
    this.medium = medium
    this.#process = process
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    await this.#called('open', path)
    return this.#open(path, mode)
  }

  openSync(path: string): DiskFile {
    return this.#open(path, 'read')
  }

  async stat(path: string): Promise<DiskStat | undefined> {
    await this.#called('stat', path)
    const node = this.medium.find(path)
    return node === undefined ? undefined : statOf(node)
  }

  async resolve(path: string): Promise<string> {
    this.#assertAlive()
    return path
  }

  async list(directory: string): Promise<string[]> {
    await this.#called('list', directory)
    return [...this.medium.directory(directory).names.keys()]
  }

  async makeDirectory(path: string): Promise<boolean> {
    await this.#called('makeDirectory', path)
    if (this.medium.find(path) !== undefined) return false
    const parent = this.medium.parentOf(path)
    if (this.medium.step('makeDirectory', path) === undefined) {
      parent.change([[basename(path), this.medium.newDirectory()]])
    }
    return true
  }

  async removeDirectory(path: string): Promise<void> {
    await this.#called('removeDirectory', path)
    if (this.medium.directory(path).names.size > 0) throw failure('ENOTEMPTY', path)
    if (this.medium.step('remove', path) !== undefined) return
    this.medium.parentOf(path).change([[basename(path), undefined]])
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#called('rename', from)
    const node = this.medium.existing(from)
    const parent = this.medium.parentOf(from)
    if (parent !== this.medium.parentOf(to)) throw failure('EXDEV', to)
    if (this.medium.step('rename', to) !== undefined) return
    parent.change([
      [basename(from), undefined],
      [basename(to), node],
    ])
  }

  async remove(path: string): Promise<void> {
    await this.#called('remove', path)
    if (this.medium.existing(path).kind === 'directory') throw failure('EISDIR', path)
    if (this.medium.step('remove', path) !== undefined) return
    this.medium.parentOf(path).change([[basename(path), undefined]])
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#called('syncDirectory', path)
    const directory = this.medium.directory(path)
    if (this.medium.step('syncDirectory', path) === undefined) directory.sync()
  }

  async space(path: string): Promise<DiskSpace> {
    await this.#called('space', path)
    this.medium.existing(path)
    return { freeBytes: this.medium.freeBytes, totalBytes: this.medium.capacityBytes }
  }

  watch(): () => void {
    return () => {}
  }

  #open(path: string, mode: OpenMode): DiskFile {
    this.#assertAlive()
    if (!openModes.includes(mode)) throw failure('EINVAL', path)
    const found = this.medium.find(path)
    if (mode === 'create') {
      if (found !== undefined) throw failure('EEXIST', path)
      const parent = this.medium.parentOf(path)
      const fault = this.medium.step('create', path)
      const file = this.medium.newFile()
      if (fault === undefined) parent.change([[basename(path), file]])
      return this.#handle(path, file)
    }
    if (found === undefined) throw failure('ENOENT', path)
    if (found.kind === 'directory') throw failure('EISDIR', path)
    if (found.kind === 'link') throw failure('ELOOP', path)
    return this.#handle(path, found)
  }

  #handle(path: string, file: SimFile): DiskFile {
    const holder = { process: this.#process }
    const write = (from: Uint8Array, position: number): number => this.#write(file, { path, from, position })
    const read = (into: Uint8Array, position: number): number => {
      this.#assertAlive()
      return file.read(into, position)
    }
    return {
      read: async (into, position) => {
        await this.#called('read', path)
        return read(into, position)
      },
      readSync: (into, position) => {
        this.#calledNow('read', path)
        return read(into, position)
      },
      write: async (from, position) => {
        await this.#called('write', path)
        return write(from, position)
      },
      writeSync: write,
      datasync: async () => {
        await this.#called('datasync', path)
        this.#datasync(file, path)
      },
      truncate: async (size) => {
        await this.#called('truncate', path)
        if (this.medium.step('truncate', path) === undefined) file.truncate(size)
      },
      stat: async () => {
        this.#assertAlive()
        return statOf(file)
      },
      lock: async () => {
        await this.#called('lock', path)
        if (file.locked?.process === this.medium.process) return 'held'
        file.locked = holder
        return 'taken'
      },
      close: async () => {
        if (file.locked === holder) file.locked = undefined
      },
    }
  }

  #write(file: SimFile, { path, from, position }: { path: string; from: Uint8Array; position: number }): number {
    this.#assertAlive()
    const fault = this.medium.step('write', path, { from, position, inode: file.inode })
    if (fault !== undefined && 'skip' in fault) return from.length
    const allowed = fault !== undefined && 'short' in fault ? Math.min(fault.short, from.length) : from.length
    const roomFor = Math.max(0, file.size - position) + this.medium.freeBytes
    const count = Math.min(allowed, roomFor)
    if (count === 0 && allowed > 0) throw failure('ENOSPC', path)
    file.write(from.subarray(0, count), position)
    return count
  }

  #datasync(file: SimFile, path: string): void {
    this.#assertAlive()
    try {
      if (this.medium.step('datasync', path) === undefined) file.sync()
    } catch (error) {
      if (!(error instanceof Died)) file.sync({ lie: true })
      throw error
    }
  }

  /** Comes before each call. `undefined` where nothing waits for it: a promise for each call would show. */
  #called(call: SimCall['call'], path: string): Promise<void> | undefined {
    this.#assertAlive()
    const { onCall } = this.medium
    return onCall === undefined ? undefined : this.#waited(onCall({ call, path }))
  }

  /** As `#called`, before a call that has no promise: it may fail, and waits for nothing. */
  #calledNow(call: SimCall['call'], path: string): void {
    this.#assertAlive()
    this.medium.onCall?.({ call, path })?.catch(() => undefined)
    this.#assertAlive()
  }

  /** A process that dies while a call waits does nothing more. */
  async #waited(waiting: Promise<void> | void): Promise<void> {
    await waiting
    this.#assertAlive()
  }

  #assertAlive(): void {
    if (this.medium.process !== this.#process) throw new Died('this process is dead')
  }
}

function statOf(node: SimNode): DiskStat {
  return { kind: node.kind, bytes: node.kind === 'directory' ? 0 : node.size, inode: node.inode }
}

/** The disk as a new process sees it. Those that ran before are dead, and with them their locks. */
export function boot(medium: SimMedium): SimDisk {
  medium.kill()
  return new SimDisk(medium, medium.process)
}

/** A disk for a second process beside the running one; it sees what that writes, and `kill` ends both. */
export function beside(medium: SimMedium): SimDisk {
  return new SimDisk(medium, medium.process)
}
