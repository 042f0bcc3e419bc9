/** What stands under a name. Links are never followed. */
export type EntryKind = 'file' | 'directory' | 'link' | 'other'

export interface DiskStat {
  readonly kind: EntryKind
  readonly bytes: number
  /** Tells two files apart, also after one was renamed over the other. */
  readonly inode: string
  /** Whether every user of the machine may write to it; absent where there is no such thing. */
  readonly isOpenToAll?: boolean
}

/** `read`: an existing file. `change`: an existing file, to read and write. `create`: a new one (`EEXIST` when there is one), mode 0600. */
export type OpenMode = 'read' | 'change' | 'create'

/**
 * `taken`: this open file now holds the exclusive lock, until it is closed or its process ends; `kept`: so it does, and the
 * system itself says that it keeps the lock, so that nobody needs to try whether a second open file is refused. `held`:
 * another one holds it. `unavailable`: this disk cannot lock.
 */
export type LockOutcome = 'taken' | 'kept' | 'held' | 'unavailable'

/** The room on a file system, in bytes. */
export interface DiskSpace {
  /** What this process may still take. */
  readonly freeBytes: number
  readonly totalBytes: number
}

/** An open file. Positions and counts are bytes. */
export interface DiskFile {
  /** Reads into the whole of `into`, or less at the end of the file. Resolves with the number of bytes read. */
  read(into: Uint8Array, position: number): Promise<number>
  readSync(into: Uint8Array, position: number): number
  /** Resolves with the number of bytes written, which may be less than given. */
  write(from: Uint8Array, position: number): Promise<number>
  writeSync(from: Uint8Array, position: number): number
  /** Resolves when data and size survive a power cut. After a rejection nobody knows what does. */
  datasync(): Promise<void>
  truncate(bytes: number): Promise<void>
  stat(): Promise<DiskStat>
  lock(): Promise<LockOutcome>
  close(): Promise<void>
}

/**
 * The file operations that this storage uses, all of them. Failures carry the `code` of POSIX (`ENOENT`, `ENOSPC` …).
 * No operation follows a link in the last part of a path: `open` fails with `ELOOP`.
 */
export interface Disk {
  open(path: string, mode: OpenMode): Promise<DiskFile>
  /** Opens for reading, without a promise. */
  openSync(path: string): DiskFile
  /** `undefined` when there is nothing of that name. */
  stat(path: string): Promise<DiskStat | undefined>
  /** The path without links; as given when there is nothing yet. */
  resolve(path: string): Promise<string>
  list(directory: string): Promise<string[]>
  /** Makes one directory, mode 0700. Resolves with whether it is new. */
  makeDirectory(path: string): Promise<boolean>
  /** Removes an empty directory. */
  removeDirectory(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Resolves when the names in this directory survive a power cut. */
  syncDirectory(path: string): Promise<void>
  /** The room on the file system that holds this path, which must exist. A hint: others write to it too. */
  space(path: string): Promise<DiskSpace>
  /** Calls back after something changed in the directory; a hint that may come late, twice or never. Returns the way to stop. */
  watch(directory: string, changed: () => void): () => void
}
