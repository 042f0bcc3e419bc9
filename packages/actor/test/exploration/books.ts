import type { ActorError, ActorRef, DeadLetters, Reply } from '../../src/index.ts'
import type { Job, Jobs } from './job.ts'

/** One message from the sender's side. */
export interface Sent {
  readonly job: Job
  readonly isAsk: boolean
  readonly deadline: number
  readonly signal: AbortSignal | undefined
  settled: number
  reply?: Reply<number | undefined, ActorError>
}

/** Everything that was sent and handled in one interleaving, and what of it must not have been. */
export class Books {
  readonly wrongs: string[] = []
  readonly sent: Map<number, Sent> = new Map()
  readonly #handled = new Set<number>()
  /** The last id that was handled, by actor and kind. */
  readonly #last = new Map<string, number>()
  /** The last one that came. */
  readonly #come = new Map<string, number>()

  /** A handler begins. `actor` is one actor across all its lives. */
  handles(actor: ActorRef<Jobs> | undefined, kind: string, { id }: Job, now: number): void {
    const state = actor?.state ?? 'unborn'
    if (state !== 'running' && state !== 'stopping') this.wrong(`${id} is handled by an actor that is ${state}`)
    if (this.#handled.has(id)) this.wrong(`${id} is handled twice`)
    this.#handled.add(id)
    const line = `${actor?.name} ${kind}`
    const last = this.#last.get(line) ?? -1
    if (last > id) this.wrong(`${id} is handled after ${last} of its kind`)
    this.#last.set(line, id)
    const sent = this.sent.get(id)
    if (sent === undefined) return
    if (sent.deadline <= now) this.wrong(`${id} is handled after its deadline`)
    if (sent.signal?.aborted) this.wrong(`${id} is handled after it was aborted`)
    if (sent.settled > 0) this.wrong(`${id} is handled after it was settled`)
  }

  /** A message comes to a handler, be it to be put aside: what is queued comes in order, until older ones come back. */
  comes(actor: ActorRef<Jobs> | undefined, kind: string, { id }: Job): void {
    const line = `${actor?.name} ${kind}`
    const last = this.#come.get(line) ?? -1
    if (last > id && actor?.state === 'running') this.wrong(`${id} comes after ${last} of its kind`)
    this.#come.set(line, id)
  }

  /** Older messages come back. */
  comesBack(): void {
    this.#come.clear()
  }

  /** A life ends with this in hand: whoever asked must have heard before. */
  letsGo(job: Job | undefined): void {
    const sent = job === undefined ? undefined : this.sent.get(job.id)
    if (sent?.isAsk && sent.settled === 0) this.wrong(`${sent.job.id} is in hand when its life ends`)
  }

  wrong(what: string): void {
    this.wrongs.push(what)
  }

  /** To be called when all is over. */
  close(actors: readonly ActorRef<Jobs>[], deadLetters: DeadLetters): void {
    const dead = new Map<number, string>()
    for (const { body, reason } of deadLetters.list()) {
      const { id } = body as Job
      if (dead.has(id)) this.wrong(`${id} is two dead letters`)
      dead.set(id, reason)
    }
    for (const sent of this.sent.values()) {
      if (sent.isAsk) this.#closeAsk(sent)
      this.#closeLetter(sent, dead.get(sent.job.id))
    }
    for (const actor of actors) this.#closeStats(actor)
  }

  #closeAsk({ job: { id }, settled, reply, deadline, signal }: Sent): void {
    if (settled !== 1 || reply === undefined) {
      this.wrong(`ask ${id} was settled ${settled} times`)
      return
    }
    const wasHandled = this.#handled.has(id)
    if (reply.ok) {
      if (!wasHandled || reply.value !== id) this.wrong(`ask ${id} was answered with ${reply.value}`)
      return
    }
    const { code, retryable } = reply.error
    if (retryable && wasHandled) this.wrong(`ask ${id} was handled and is ${code}, retryable`)
    if (code === 'UNKNOWN' && !wasHandled) this.wrong(`ask ${id} is UNKNOWN and was not handled`)
    if (code === 'TIMEOUT' && deadline === Number.POSITIVE_INFINITY) this.wrong(`ask ${id} is TIMEOUT for no reason`)
    if (code === 'ABORTED' && signal?.aborted !== true) this.wrong(`ask ${id} is ABORTED for no reason`)
  }

  /** What is not handled is a dead letter, unless its caller has let go of it; what is handled is none, but for a tell that failed. */
  #closeLetter({ job: { id }, isAsk, reply }: Sent, reason: string | undefined): void {
    const isAborted = reply?.ok === false && reply.error.code === 'ABORTED'
    if (!this.#handled.has(id)) {
      if (reason === undefined && !isAborted) this.wrong(`${id} was not handled and is no dead letter`)
    } else if (reason !== undefined && (isAsk || reason !== 'failed')) this.wrong(`${id} was handled and is ${reason}`)
  }

  #closeStats(actor: ActorRef<Jobs>): void {
    const { depth, waiting, stashed, inFlight, accepted, handled, failed, ...others } = actor.stats()
    const { expired, aborted, closed, dropped } = others
    const kept = [depth, waiting, stashed, inFlight]
    if (kept.some((count) => count > 0)) this.wrong(`${actor.name} keeps ${kept.join(' + ')} messages`)
    const settled = handled + failed + expired + aborted + closed + dropped
    if (accepted !== settled) this.wrong(`${actor.name} took in ${accepted} messages and settled ${settled}`)
    if (actor.state !== 'stopped') this.wrong(`${actor.name} is ${actor.state}`)
  }
}
