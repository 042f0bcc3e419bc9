import assert from 'node:assert/strict'
import type { LogWriter, Ptr } from '@stateward/contract'
import { refused } from '../codes.ts'
import { Seeded } from '../seeded.ts'
import { Follower } from './follower.ts'
import { lineOf } from './lines.ts'
import { baseBack, chunked, fetched, linesFrom, type Row } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

const seeds = [1, 2, 3, 4, 5, 6, 7, 8] as const
const steps = 60

/** Random histories, each the same at every run, compared with an array after every step. */
export const historyCases: readonly StorageCase[] = seeds.map((seed) =>
  storageCase(`a random history equals an array of its commits (seed ${seed})`, async (trial) => {
    const history = new History(trial, new Seeded(seed), await trial.writer())
    for (let step = 0; step < steps; step++) await history.step()
    await history.finish()
  }),
)

/** The slow and obvious log: an array, and a base beside it. */
class History {
  readonly #trial: Trial
  readonly #seeded: Seeded
  #writer: LogWriter
  #follower: Follower
  readonly #lines: string[] = []
  /** Pointers that the open writer gave, by seq; empty after the log was opened again. */
  readonly #ptrs = new Map<number, Ptr>()
  #base: { upTo: number; rows: Row[] } | undefined
  #truncated = 0

  constructor(trial: Trial, seeded: Seeded, writer: LogWriter) {
    this.#trial = trial
    this.#seeded = seeded
    this.#writer = writer
    this.#follower = new Follower(trial, writer, 1)
  }

  async step(): Promise<void> {
    switch (this.#seeded.below(9)) {
      case 0:
      case 1:
      case 2:
        return this.#append()
      case 3:
        return this.#burst()
      case 4:
        return this.#refuse()
      case 5:
        return this.#read()
      case 6:
        return this.#fetch()
      case 7:
        return this.#seeded.once(2) ? this.#saveBase() : this.#truncate()
      default:
        return this.#seeded.once(3) ? this.#openAgain() : this.#barrier()
    }
  }

  async finish(): Promise<void> {
    await this.#follower.reached(this.#lines.length)
    await this.#read()
    await this.#fetch()
    assert.deepEqual(await this.#writer.verify().then(({ damage, ok }) => ({ damage, ok })), { damage: [], ok: true })
  }

  #newLines(): string[] {
    const from = this.#lines.length
    return Array.from({ length: this.#seeded.between(1, 6) }, (_, n) =>
      lineOf(`commit ${from + n + 1} ${'é'.repeat(this.#seeded.below(200))}`),
    )
  }

  async #append(): Promise<void> {
    const lines = this.#newLines()
    const expectedSeq = this.#lines.length
    this.#lines.push(...lines)
    const { ptrs } = await this.#trial.append(this.#writer, expectedSeq, lines)
    ptrs.forEach((ptr, at) => {
      this.#ptrs.set(expectedSeq + at + 1, ptr)
    })
  }

  async #burst(): Promise<void> {
    await Promise.all(Array.from({ length: this.#seeded.between(2, 6) }, () => this.#append()))
  }

  async #refuse(): Promise<void> {
    const wrong = this.#lines.length + this.#seeded.pick([-3, -1, 1, 2])
    const appending = this.#trial.append(this.#writer, Math.max(wrong, -1), this.#newLines())
    await refused('CONFLICT', `an append behind commit ${wrong} of ${this.#lines.length}`, appending)
  }

  async #barrier(): Promise<void> {
    await this.#trial.append(this.#writer, this.#lines.length, [])
  }

  async #read(): Promise<void> {
    const { firstSeq, lastSeq } = await this.#writer.stats()
    assert.equal(lastSeq, this.#lines.length, 'stats knows the tail')
    assert(firstSeq <= this.#truncated + 1, `nothing above ${this.#truncated} is let go of, found firstSeq ${firstSeq}`)
    const from = this.#seeded.between(firstSeq, lastSeq + 1)
    assert.deepEqual(await linesFrom(this.#writer, from), this.#lines.slice(from - 1), `read from commit ${from}`)
    const base = await baseBack(this.#writer)
    assert.deepEqual(base && { upTo: base.upTo, rows: base.rows }, this.#base)
    assert.deepEqual(await fetched(this.#writer, base?.ptrs ?? []), base?.rows.map(([, line]) => line) ?? [])
  }

  async #fetch(): Promise<void> {
    const live = [...this.#ptrs].filter(([seq]) => seq > this.#truncated)
    if (live.length === 0) return
    const picks = Array.from({ length: 10 }, () => this.#seeded.pick(live))
    assert.deepEqual(
      await fetched(
        this.#writer,
        picks.map(([, ptr]) => ptr),
      ),
      picks.map(([seq]) => this.#lines[seq - 1]),
    )
  }

  async #saveBase(): Promise<void> {
    const upTo = this.#seeded.between(this.#base?.upTo ?? 0, this.#lines.length)
    const seqs = Array.from({ length: this.#seeded.below(upTo + 1) }, () => this.#seeded.between(1, upTo))
    const rows = seqs
      .sort((left, right) => left - right)
      .map((seq, at): Row => [seq, lineOf(`row ${at} of base ${upTo}`)])
    await this.#writer.saveBase(upTo, chunked(rows, this.#seeded.between(1, 20)))
    this.#base = { upTo, rows }
  }

  async #truncate(): Promise<void> {
    const upTo = this.#seeded.between(0, this.#lines.length)
    // A follower that is overtaken by truncate is TRIMMED, as it should be: let it come up first.
    await this.#follower.reached(this.#lines.length)
    await this.#writer.truncate(upTo)
    if (this.#base !== undefined && upTo <= this.#base.upTo) this.#truncated = Math.max(this.#truncated, upTo)
  }

  async #openAgain(): Promise<void> {
    await this.#follower.reached(this.#lines.length)
    await this.#follower.stop()
    assert.deepEqual(
      this.#follower.found.lines,
      this.#lines.slice(-this.#follower.found.lines.length || this.#lines.length),
    )
    await this.#writer.close()
    this.#writer = await this.#trial.writer()
    this.#ptrs.clear()
    this.#follower = new Follower(this.#trial, this.#writer, this.#lines.length + 1)
  }
}
