import type { Clock, Seq } from '@stateward/contract'
import { timestampOf } from '../environment/environment.ts'
import { durableLine } from '../format/control-line.ts'
import type { GroupCommit } from './group-commit.ts'

/** The lines by which a writer says in its log how much of it is durable. */
export class Proof {
  readonly #commits: GroupCommit
  readonly #clock: Clock
  #provenSeq: Seq

  constructor(commits: GroupCommit, clock: Clock) {
    this.#commits = commits
    this.#clock = clock
    this.#provenSeq = commits.writtenSeq
  }

  /** Says so where no line says it yet. */
  async prove(): Promise<void> {
    await this.#commits.exclusive(async () => {
      if (this.#commits.durableSeq > this.#provenSeq && this.#commits.stopped === undefined) await this.#say()
    })
  }

  /** Proves that there is room, by a line that is written and synced; appends are taken again then, as `resumed` hears. */
  async probe(resumed: () => void): Promise<void> {
    await this.#commits.exclusive(async () => {
      await this.#say()
      await this.#commits.sync()
      this.#commits.resume()
      resumed()
    })
  }

  async #say(): Promise<void> {
    const { durableSeq, writtenSeq } = this.#commits
    await this.#commits.note(durableLine({ seq: writtenSeq, dur: durableSeq }, timestampOf(this.#clock)))
    this.#provenSeq = durableSeq
  }
}
