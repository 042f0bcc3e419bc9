const sectorBytes = 512
const nothing = Buffer.alloc(0)

/** A random number from 0 up to, not including, `below`. */
export type Pick = (below: number) => number

/** The content of one file: as processes see it, and as it is on the medium. */
export class SimFile {
  readonly inode: string
  readonly kind: 'file' | 'link'
  /** As processes see it. */
  size = 0
  /** The open file that holds the lock, with the process that it is of. */
  locked: { readonly process: object } | undefined
  #seen: Buffer = nothing
  /** As the medium holds it; sectors that are dirty may be either. */
  #kept: Buffer = nothing
  #keptSize = 0
  /** Whether other files, forks of this one, use the same buffers: they are copied before they are changed. */
  #isShared = false
  #dirty: Set<number> = new Set()

  constructor(inode: string, kind: 'file' | 'link' = 'file') {
    this.inode = inode
    this.kind = kind
  }

  get bytes(): Buffer {
    return this.#seen.subarray(0, this.size)
  }

  read(into: Uint8Array, position: number): number {
    if (position >= this.size) return 0
    return this.#seen.copy(into, 0, position, Math.min(this.size, position + into.length))
  }

  write(from: Uint8Array, position: number): void {
    const end = position + from.length
    this.#own()
    this.#grow(end)
    this.#seen.set(from, position)
    this.size = Math.max(this.size, end)
    this.#touch(position, end)
  }

  truncate(size: number): void {
    const from = Math.min(size, this.size)
    const to = Math.max(size, this.size)
    this.#own()
    this.#grow(to)
    this.#seen.fill(0, from, to)
    this.#touch(from, to)
    this.size = size
  }

  /** What is seen now is on the medium. With `lie`, the pages are called clean and are not: what a failed fsync leaves. */
  sync({ lie }: { lie: boolean } = { lie: false }): void {
    if (!lie) {
      if (this.#dirty.size > 0) this.#own()
      for (const sector of this.#dirty) this.#keep(sector)
      this.#keptSize = this.size
    }
    this.#dirty.clear()
  }

  /** Flips one bit, seen and kept. */
  rot(byte: number, bit: number): void {
    this.#own()
    for (const content of [this.#seen, this.#kept]) {
      if (byte < content.length) content[byte] = (content[byte] ?? 0) ^ (1 << bit)
    }
  }

  /** The file once more, as it is now; what happens to the one does not happen to the other. */
  fork(): SimFile {
    const fork = new SimFile(this.inode, this.kind)
    this.#isShared = true
    fork.#isShared = true
    fork.#seen = this.#seen
    fork.#kept = this.#kept
    fork.#keptSize = this.#keptSize
    fork.size = this.size
    fork.#dirty = new Set(this.#dirty)
    return fork
  }

  /** The file after a power cut: of what was not synced, any of the sectors, and a size between the old and the new one. */
  afterPowerCut(pick: Pick): SimFile {
    const after = new SimFile(this.inode, this.kind)
    after.#seen = this.#kept
    if (this.#dirty.size > 0 || this.size !== this.#keptSize) after.#seen = Buffer.from(this.#kept)
    else {
      this.#isShared = true
      after.#isShared = true
    }
    for (const sector of this.#dirty) {
      if (pick(2) === 0) continue
      after.#grow((sector + 1) * sectorBytes)
      this.#sectorOf(this.#seen, sector).copy(after.#seen, sector * sectorBytes)
    }
    const [least, most] = [Math.min(this.#keptSize, this.size), Math.max(this.#keptSize, this.size)]
    const choice = pick(4)
    after.size = choice === 0 ? this.#keptSize : choice === 1 ? least + pick(most - least + 1) : this.size
    if (!after.#isShared) {
      after.#grow(after.size)
      after.#seen.fill(0, after.size)
    }
    after.#kept = after.#seen
    after.#keptSize = after.size
    after.#isShared = true
    return after
  }

  #touch(from: number, to: number): void {
    for (let sector = Math.floor(from / sectorBytes); sector * sectorBytes < to; sector++) this.#dirty.add(sector)
  }

  #keep(sector: number): void {
    const end = (sector + 1) * sectorBytes
    if (this.#kept.length < end) this.#kept = grown(this.#kept, end)
    const at = sector * sectorBytes
    this.#kept.fill(0, at, end)
    this.#sectorOf(this.#seen, sector).copy(this.#kept, at)
  }

  #own(): void {
    if (!this.#isShared) return
    this.#isShared = false
    this.#seen = Buffer.from(this.#seen)
    this.#kept = Buffer.from(this.#kept)
  }

  #sectorOf(content: Buffer, sector: number): Buffer {
    return content.subarray(sector * sectorBytes, (sector + 1) * sectorBytes)
  }

  #grow(size: number): void {
    if (size > this.#seen.length) this.#seen = grown(this.#seen, size)
  }
}

/** A copy with room for `size` bytes and as many again, zeros. */
function grown(content: Buffer, size: number): Buffer {
  const larger = Buffer.alloc(Math.max(size * 2, 1024))
  content.copy(larger)
  return larger
}
