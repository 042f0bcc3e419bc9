import type { Seq } from '@stateward/contract'

/** Versions of some commits that follow one another, sorted by record and, for each, by commit. */
interface Run {
  /** What `seqs` count from. */
  readonly origin: Seq
  readonly lastSeq: Seq
  readonly hashes: Uint32Array
  readonly seqs: Uint32Array
}

const tailVersions = 32_768
/** There are many more small stores than large ones, so the tail grows to its length. */
const firstVersions = 64
/** Runs beyond this are not merged: one step would hold up the event loop. */
const mergedVersions = 262_144
/** Two commits further apart than this do not stand in one run. */
const runSeqs = 2 ** 32

/**
 * Which commits have a version of which record: 8 bytes a version, in typed arrays. A record is known by a hash, so what
 * is found may be of another one; nothing is ever missing from `from` on.
 */
export class VersionPostings {
  readonly #most: number
  readonly #tailVersions: number
  readonly #mergedVersions: number
  #runs: Run[] = []
  #hashes = new Uint32Array(firstVersions)
  #seqs = new Float64Array(firstVersions)
  #tail = 0
  #sealed = 0
  #from: Seq = 1

  constructor(mostVersions: number) {
    this.#most = mostVersions
    // What is let go of is a run, so a small bound needs small ones.
    this.#tailVersions = Math.max(1, Math.min(tailVersions, mostVersions >>> 2))
    this.#mergedVersions = Math.min(mergedVersions, mostVersions >>> 2)
  }

  /** Commits before this one have been let go of for want of room. */
  get from(): Seq {
    return this.#from
  }

  get size(): number {
    return this.#sealed + this.#tail
  }

  get bytes(): number {
    const tail = this.#hashes.byteLength + this.#seqs.byteLength
    return this.#runs.reduce((sum, { hashes, seqs }) => sum + hashes.byteLength + seqs.byteLength, tail)
  }

  /** Takes a version in; `seq` is not below any before. */
  add(hash: number, seq: Seq): void {
    if (this.#tail === this.#tailVersions || seq - (this.#seqs[0] ?? seq) >= runSeqs) this.#seal()
    if (this.#tail === this.#hashes.length) this.#grow()
    this.#hashes[this.#tail] = hash
    this.#seqs[this.#tail] = seq
    this.#tail++
  }

  /** The commits that may have a version of this record, ascending. O(log versions) for each of a few runs. */
  seqsOf(hash: number): Seq[] {
    const found: Seq[] = []
    for (const run of this.#runs) {
      for (let at = lowest(run.hashes, hash); run.hashes[at] === hash; at++)
        found.push(run.origin + (run.seqs[at] ?? 0))
    }
    for (let at = 0; at < this.#tail; at++) if (this.#hashes[at] === hash) found.push(this.#seqs[at] ?? 0)
    return found
  }

  /** Takes over everything of `later`, which begins behind the last commit here and is not used any more. */
  append(later: VersionPostings): void {
    this.#seal()
    this.#from = Math.max(this.#from, later.#from)
    // Not merged: all of them in one turn of the event loop would hold it up. A few runs more are merged when they are loaded again.
    for (const run of later.#runs) this.#keep(run)
    this.#hashes = later.#hashes
    this.#seqs = later.#seqs
    this.#tail = later.#tail
    this.#letGo()
  }

  /** Everything as runs of plain arrays, for `load`. What is added meanwhile is not in it. */
  save(): readonly Run[] {
    this.#seal()
    return [...this.#runs]
  }

  load(run: Run): void {
    this.#push(run)
  }

  /** Of commits before this one what is loaded knows nothing. */
  loadedFrom(seq: Seq): void {
    this.#from = Math.max(this.#from, seq)
  }

  #grow(): void {
    const [hashes, seqs] = [this.#hashes, this.#seqs]
    this.#hashes = new Uint32Array(hashes.length * 2)
    this.#hashes.set(hashes)
    this.#seqs = new Float64Array(seqs.length * 2)
    this.#seqs.set(seqs)
  }

  #seal(): void {
    if (this.#tail === 0) return
    const origin = this.#seqs[0] ?? 0
    const count = this.#tail
    // One number holds hash and place, so that the sort needs no comparison of its own.
    const order = new Float64Array(count)
    for (let at = 0; at < count; at++) order[at] = (this.#hashes[at] ?? 0) * tailVersions + at
    order.sort()
    const hashes = new Uint32Array(count)
    const seqs = new Uint32Array(count)
    for (let at = 0; at < count; at++) {
      const from = (order[at] ?? 0) % tailVersions
      hashes[at] = this.#hashes[from] ?? 0
      seqs[at] = (this.#seqs[from] ?? 0) - origin
    }
    const lastSeq = this.#seqs[count - 1] ?? origin
    this.#tail = 0
    this.#push({ origin, lastSeq, hashes, seqs })
  }

  #push(run: Run): void {
    this.#keep(run)
    for (;;) {
      const [before, last] = this.#runs.slice(-2)
      if (before === undefined || last === undefined || before.hashes.length > last.hashes.length) break
      if (before.hashes.length + last.hashes.length > this.#mergedVersions || last.lastSeq - before.origin >= runSeqs)
        break
      this.#runs.splice(-2, 2, merged(before, last))
    }
    this.#letGo()
  }

  #keep(run: Run): void {
    this.#runs.push(run)
    this.#sealed += run.hashes.length
  }

  #letGo(): void {
    while (this.#sealed > this.#most && this.#runs.length > 1) {
      const oldest = this.#runs.shift()
      this.#sealed -= oldest?.hashes.length ?? 0
      this.#from = (oldest?.lastSeq ?? 0) + 1
    }
  }
}

function merged(before: Run, after: Run): Run {
  const count = before.hashes.length + after.hashes.length
  const hashes = new Uint32Array(count)
  const seqs = new Uint32Array(count)
  const shift = after.origin - before.origin
  let left = 0
  let right = 0
  for (let at = 0; at < count; at++) {
    const isLeft =
      right === after.hashes.length ||
      (left < before.hashes.length && (before.hashes[left] ?? 0) <= (after.hashes[right] ?? 0))
    hashes[at] = (isLeft ? before.hashes[left] : after.hashes[right]) ?? 0
    seqs[at] = isLeft ? (before.seqs[left] ?? 0) : (after.seqs[right] ?? 0) + shift
    if (isLeft) left++
    else right++
  }
  return { origin: before.origin, lastSeq: after.lastSeq, hashes, seqs }
}

/** Where the first of these ascending hashes stands that is not below `hash`. */
function lowest(hashes: Uint32Array, hash: number): number {
  let low = 0
  let high = hashes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hashes[middle] ?? 0) < hash) low = middle + 1
    else high = middle
  }
  return low
}
