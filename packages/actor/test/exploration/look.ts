import { getEventListeners } from 'node:events'
import {
  createDeadLetters,
  createSupervisor,
  type Directive,
  type StopOptions,
  type Supervisor,
} from '../../src/index.ts'
import type { Interleaving } from '../../src/testing.ts'
import { turn } from '../turn.ts'
import { Books, type Sent } from './books.ts'
import { deeds, type Job, kinds } from './job.ts'
import { type Company, employ } from './worker.ts'

const directives: readonly Directive[] = ['restart', 'restart', 'restart', 'resume', 'stop', 'escalate']
const stops: readonly StopOptions[] = [{}, { drain: false }, { timeoutMs: 0 }, { timeoutMs: 25 }]

/** A tree of actors, and everything that may happen to both. */
class Office {
  readonly #world: Interleaving
  readonly #books = new Books()
  readonly #deadLetters = createDeadLetters()
  /** The one that is not aborted yet, and all there were; made when it is needed, since making them is slow. */
  readonly #signals: AbortController[] = []
  readonly #root: Supervisor
  readonly #company: Company
  #ids = 0

  constructor(world: Interleaving) {
    this.#world = world
    const strategy = world.pickOf(['one-for-one', 'one-for-all'] as const)
    const { clock, schedule, random } = world
    this.#root = createSupervisor({
      ...{ name: 'root', clock, schedule, random, strategy, deadLetters: this.#deadLetters },
      restart: { atMost: world.pick(4), backoffMs: 10, withinMs: 100 },
      // A handler that hangs goes on hanging: to resume would be to handle two messages at once.
      decide: ({ error }) => (isTimeout(error) ? 'restart' : world.pickOf(directives)),
    })
    const nextId = (): number => this.#ids++
    this.#company = {
      world,
      books: this.#books,
      actors: new Map(),
      everybody: [],
      ends: new Map(),
      openLives: 0,
      hadLateLife: false,
      nextId,
    }
    this.#employAll()
  }

  /** One actor at least. A start that fails more often than it may ends everything already while it is set up. */
  #employAll(): void {
    const company = this.#company
    const { world } = company
    const root = this.#root
    employ(company, root, 'a', { hasChild: world.pick(8) === 0 })
    if (root.state === 'running' && world.pick(3) === 0) employ(company, root, 'b', { hasChild: false })
    if (root.state !== 'running' || world.pick(4) > 0) return
    const branch = root.supervise('branch', { strategy: 'one-for-all', restart: { atMost: 1, backoffMs: 10 } })
    employ(company, branch, 'c', { hasChild: false })
  }

  async happen(): Promise<void> {
    const world = this.#world
    for (let left = 5 + world.pick(9); left > 0; left--) {
      this.#act()
      for (let steps = world.pick(3); steps > 0; steps--) world.step()
      if (world.pick(2) === 0) await world.breathe()
    }
  }

  /** Stops everything, lets what is left happen, and reads the books. */
  async end(): Promise<readonly string[]> {
    const world = this.#world
    let isStopped = false
    void this.#root.stop(world.pickOf(stops)).then(() => {
      isStopped = true
    })
    for (let idle = 0; !isStopped && idle < 100; idle++) {
      while (!isStopped && world.step()) if (world.pick(2) === 0) await world.breathe()
      await turn()
    }
    const timersLeft = world.clock.pendingTimers
    // Handlers and starts that were given up may still go on.
    await world.settle()
    const { everybody, ends, openLives, hadLateLife } = this.#company
    this.#books.close(everybody, this.#deadLetters)
    const { wrongs } = this.#books
    if (!isStopped) wrongs.push('stop never ended')
    if (openLives !== 0) wrongs.push(`${openLives} lives have no end`)
    // The hook of a life that came up after everything had ended has its own time.
    if (timersLeft > 0 && !hadLateLife) wrongs.push(`${timersLeft} timers are left`)
    for (const actor of everybody)
      if (ends.get(actor) !== 1) wrongs.push(`the end of ${actor.name} was told ${ends.get(actor)} times`)
    for (const { signal } of this.#signals)
      if (getEventListeners(signal, 'abort').length > 0) wrongs.push('a listener is left')
    return wrongs
  }

  #act(): void {
    const act = this.#world.pick(14)
    if (act < 7) this.#send(true)
    else if (act < 9) this.#send(false)
    else if (act === 9) this.#abort()
    else if (act === 10) this.#stopSomebody()
    else this.#world.step()
  }

  #send(isAsk: boolean): void {
    const { world, actors, books, nextId } = this.#company
    const actor = world.pickOf([...actors.values()])
    const job: Job = { id: nextId(), deed: world.pickOf(deeds) }
    const kind = world.pickOf(kinds)
    const timeoutMs = isAsk && world.pick(3) === 0 ? world.pickOf([0, 5, 35]) : Number.POSITIVE_INFINITY
    const signal = isAsk && world.pick(4) === 0 ? this.#signal() : undefined
    const sent: Sent = { job, isAsk, deadline: world.clock.now() + timeoutMs, signal, settled: 0 }
    books.sent.set(job.id, sent)
    if (!isAsk) {
      actor.tell(kind, job)
      return
    }
    void actor.ask(kind, job, { timeoutMs, signal }).then((reply) => {
      sent.settled++
      sent.reply = reply
    })
  }

  #abort(): void {
    this.#signals.at(-1)?.abort('enough')
  }

  /** Two asks in a row may share it. */
  #signal(): AbortSignal {
    const last = this.#signals.at(-1)
    if (last !== undefined && !last.signal.aborted && this.#world.pick(2) === 0) return last.signal
    const next = new AbortController()
    this.#signals.push(next)
    return next.signal
  }

  #stopSomebody(): void {
    const { world, actors } = this.#company
    const mortal = world.pickOf([...actors.values(), this.#root])
    void mortal.stop(world.pickOf(stops))
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'TIMEOUT'

/** Looks at one interleaving. Rejects with everything that is wrong in it. */
export async function look(world: Interleaving): Promise<void> {
  const office = new Office(world)
  await office.happen()
  const wrongs = await office.end()
  if (wrongs.length > 0) throw new Error(wrongs.join('; '))
}
