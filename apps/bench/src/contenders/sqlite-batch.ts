import type { PhaseUpdate } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import type { Item } from '../data/item.ts'
import { SqliteStore } from './sqlite.ts'

/** SQLite as somebody uses it who knows group commit: what comes within one turn of the event loop is one transaction. */
export class SqliteBatchStore extends SqliteStore {
  #waiting: (() => void)[] = []
  #done: PromiseWithResolvers | undefined

  override create(item: Item): Promise<void> {
    return this.#enqueue(() => this.insert(item))
  }

  override update(id: string, changes: Changes): Promise<void> {
    return this.#enqueue(() => this.patch(id, changes))
  }

  override readAndWrite(items: readonly Item[], updates: readonly PhaseUpdate[]): Promise<void> {
    return this.#enqueue(() => this.all(items, updates, true))
  }

  override writeAll(items: readonly Item[], updates: readonly PhaseUpdate[]): Promise<void> {
    return this.#enqueue(() => this.all(items, updates, false))
  }

  #enqueue(work: () => void): Promise<void> {
    this.#waiting.push(work)
    if (this.#done === undefined) {
      this.#done = promiseWithResolvers()
      setImmediate(() => this.#commit())
    }
    return this.#done.promise
  }

  #commit(): void {
    const work = this.#waiting
    const done = this.#done
    this.#waiting = []
    this.#done = undefined
    try {
      this.database.exec('BEGIN')
      for (const one of work) one()
      this.database.exec('COMMIT')
      done?.resolve()
    } catch (error) {
      done?.reject(error)
    }
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

function promiseWithResolvers(): PromiseWithResolvers {
  let resolve: () => void = () => undefined
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}
