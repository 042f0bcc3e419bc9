import { join } from 'node:path'
import type { Environment } from '../environment/environment.ts'
import { removeFiles } from '../files/obsolete.ts'
import { writeAll } from '../files/write-whole.ts'
import { fileNames } from '../format/segment-name.ts'

const chunkBytes = 262_144

export interface BallastOptions {
  readonly dir: string
  /** How large it is; 0: there is none. */
  readonly bytes: number
}

/**
 * A file that holds room and nothing else: it is given up on a full disk, so that what makes room again has room to work in.
 * Its blocks are written, with bytes that no file system can make smaller; they need not survive anything, so they are not synced.
 */
export class Ballast {
  readonly #environment: Environment
  readonly #options: BallastOptions
  #stands = false

  constructor(environment: Environment, options: BallastOptions) {
    this.#environment = environment
    this.#options = options
  }

  /** Room that must be there beyond what is needed otherwise before it can be made again; 0 while it stands. */
  get missingBytes(): number {
    return this.#stands ? 0 : this.#options.bytes
  }

  /** Makes it where it is not and where that leaves as much room again. Never fails: a store can do without. */
  async make(): Promise<void> {
    const { dir, bytes } = this.#options
    if (bytes === 0 || this.#stands) return
    const { disk } = this.#environment
    const path = join(dir, fileNames.ballast)
    try {
      const standing = await disk.stat(path)
      if (standing?.kind === 'file' && standing.bytes === bytes) {
        this.#stands = true
        return
      }
      if (standing !== undefined) await disk.remove(path)
      if ((await disk.space(dir)).freeBytes < bytes * 2) return
      await this.#fill(path, bytes)
      this.#stands = true
    } catch {
      await disk.remove(path).catch(() => {})
    }
  }

  async #fill(path: string, bytes: number): Promise<void> {
    const { disk, random } = this.#environment
    const file = await disk.open(path, 'create')
    try {
      const chunk = random.bytes(Math.min(chunkBytes, bytes))
      for (let at = 0; at < bytes; at += chunk.length) await writeAll(file, chunk.subarray(0, bytes - at), at)
    } finally {
      await file.close()
    }
  }

  /** Gives its room up. */
  async release(): Promise<void> {
    if (!this.#stands) return
    this.#stands = false
    await removeFiles(this.#environment.disk, this.#options.dir, [fileNames.ballast]).catch(() => {})
  }
}
