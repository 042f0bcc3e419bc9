import type { Seq } from '@stateward/contract'
import { RunMerge, type VersionRun } from './version-run.ts'

/** So many are sorted in one step. */
const tailVersions = 2_048
/** There are many more small stores than large ones, so the tail grows to its length. */
const firstVersions = 64
/** Runs beyond this are not merged: what is let go of is a run. */
const mergedVersions = 262_144
/** Versions that are merged for each that comes. A version is merged once for each doubling of its run: seven times, where the tail and this are as above. */
const mergedAtOnce = 32
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
  #runs: VersionRun[] = []
  /** Two of the runs are made one, while they go on to answer. */
  #merge: RunMerge | undefined
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
    const others = tail + (this.#merge?.bytes ?? 0)
    return this.#runs.reduce((sum, { hashes, seqs }) => sum + hashes.byteLength + seqs.byteLength, others)
  }

  /** Takes a version in; `seq` is not below any before. */
  add(hash: number, seq: Seq): void {
    if (this.#tail === this.#tailVersions || seq - (this.#seqs[0] ?? seq) >= runSeqs) this.#seal()
    if (this.#tail === this.#hashes.length) this.#grow()
    this.#hashes[this.#tail] = hash
    this.#seqs[this.#tail] = seq
    this.#tail++
    if (this.#merge !== undefined) this.#mergeOn(this.#merge)
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
    for (const run of later.#runs) this.#keep(run)
    this.#hashes = later.#hashes
    this.#seqs = later.#seqs
    this.#tail = later.#tail
    this.#letGo()
    this.#merge ??= this.#nextMerge()
  }

  /** Everything as runs of plain arrays, for `load`. What is added meanwhile is not in it. */
  save(): readonly VersionRun[] {
    this.#seal()
    return [...this.#runs]
  }

  load(run: VersionRun): void {
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

  #push(run: VersionRun): void {
    this.#keep(run)
    this.#letGo()
    this.#merge ??= this.#nextMerge()
  }

  #mergeOn(merge: RunMerge): void {
    const run = merge.step(mergedAtOnce)
    if (run === undefined) return
    const at = this.#runs.indexOf(merge.before)
    // The first of the two may have been let go of meanwhile.
    if (at >= 0) this.#runs.splice(at, 2, run)
    this.#merge = this.#nextMerge()
  }

  /** The newest two that follow one another of which the first is not the larger one. */
  #nextMerge(): RunMerge | undefined {
    for (let at = this.#runs.length - 1; at > 0; at--) {
      const [before, last] = [this.#runs[at - 1], this.#runs[at]]
      if (before === undefined || last === undefined || before.hashes.length > last.hashes.length) continue
      if (before.hashes.length + last.hashes.length > this.#mergedVersions) continue
      if (last.lastSeq - before.origin < runSeqs) return new RunMerge(before, last)
    }
    return undefined
  }

  #keep(run: VersionRun): void {
    this.#runs.push(run)
    this.#sealed += run.hashes.length
  }

  #letGo(): void {
    while (this.#sealed > this.#most && this.#runs.length > 1) {
      const oldest = this.#runs.shift()
      this.#sealed -= oldest?.hashes.length ?? 0
      // What was joined may have let go of later ones before.
      this.#from = Math.max(this.#from, (oldest?.lastSeq ?? 0) + 1)
    }
  }
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
