import assert from 'node:assert/strict'
import type { Change, Commit, JsonObject } from '@stateward/contract'
import type { EndpointTrial } from './trial.ts'

/** The commits of `follow`, added up in the plainest way. */
export class CommitLog {
  readonly seqs: number[] = []
  readonly #records = new Map<string, JsonObject>()
  readonly #abort: AbortController
  readonly #ended: Promise<void>
  #first: Commit | undefined
  #wake = (): void => undefined

  constructor(trial: EndpointTrial, from: number) {
    this.#abort = trial.abortable()
    this.#ended = this.#pump(trial, from)
    this.#ended.catch(() => this.#wake())
  }

  get first(): Commit | undefined {
    return this.#first
  }

  /** Live records of one type, by id. */
  records(type: string): JsonObject[] {
    const own = [...this.#records].filter(([key]) => key.startsWith(`${type} `))
    return own.sort(([left], [right]) => (left < right ? -1 : 1)).map(([, record]) => record)
  }

  async reached(seq: number): Promise<void> {
    while ((this.seqs.at(-1) ?? 0) < seq) {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#wake = resolve
        }),
        this.#ended.then(() => assert.fail(`follow ended by itself before commit ${seq}`)),
      ])
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }

  async #pump(trial: EndpointTrial, from: number): Promise<void> {
    for await (const commits of trial.endpoint.follow(from, this.#abort.signal)) {
      for (const commit of commits) {
        this.#first ??= commit
        this.seqs.push(commit.seq)
        for (const change of commit.changes) this.#apply(change)
      }
      this.#wake()
    }
  }

  #apply(change: Change): void {
    const key = `${change.type} ${change.id}`
    if (change.op === 'delete') this.#records.delete(key)
    else if (change.op === 'put') this.#records.set(key, { ...change.data, rev: change.rev })
    else {
      const record: Record<string, JsonObject[string]> = {
        ...this.#records.get(key),
        ...change.changes,
        rev: change.rev,
      }
      for (const field of change.unset) delete record[field]
      this.#records.set(key, record)
    }
  }
}
