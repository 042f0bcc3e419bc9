import type { ActorRef, Children, DeliveryContext, Life, StartContext, Stashed } from '../../src/index.ts'
import type { Interleaving } from '../../src/testing.ts'
import type { Books } from './books.ts'
import { type Job, type Jobs, kinds } from './job.ts'

/** What the actors of one interleaving share. */
export interface Company {
  readonly world: Interleaving
  readonly books: Books
  /** By a key that stays the same when a child is begun anew by its parent. */
  readonly actors: Map<string, ActorRef<Jobs>>
  /** All there ever were. */
  readonly everybody: ActorRef<Jobs>[]
  /** How often the end of each was told. */
  readonly ends: Map<ActorRef<Jobs>, number>
  /** Lives that came up and whose hook `stop` was not called. */
  openLives: number
  hadLateLife: boolean
  nextId(): number
}

interface Settings {
  readonly hasChild: boolean
}

/** Anew each time: one for all would keep everything that ever waited for it. */
const never = (): Promise<number> => new Promise(() => undefined)

/** Spawns an actor that does what its messages say, and sees to it that lives and messages do not overlap. */
export function employ(company: Company, parent: Children, name: string, { hasChild }: Settings): void {
  const { world, actors, everybody, ends } = company
  let current: ActorRef<Jobs> | undefined
  let isAlive = false
  const start = (context: StartContext): Life<Jobs> | Promise<Life<Jobs>> => {
    const { books } = company
    if (isAlive) books.wrong(`${name} begins anew before its life is over`)
    if ((current?.stats().stashed ?? 0) > 0) books.wrong(`${name} begins anew without what was put aside`)
    books.comesBack()
    if (hasChild) employ(company, context.children, 'child', { hasChild: false })
    const life = (hasWaited: boolean): Life<Jobs> => {
      // Too late: the next life may have begun, and this one is ended at once.
      const isLate = hasWaited && context.signal.aborted
      isAlive ||= !isLate
      company.openLives++
      company.hadLateLife ||= isLate
      const hands = new Hands()
      return {
        ...lifeOf(company, context, { self: () => current, hands }),
        stop() {
          if (!isLate) isAlive = false
          company.openLives--
          books.letsGo(hands.job)
          return hookOf(world)
        },
      }
    }
    const how = world.pick(10)
    if (how === 0) throw new Error('no start')
    if (how === 1) return later(world).then(() => Promise.reject(new Error('no late start')))
    return how < 4 ? later(world).then(() => life(true)) : life(false)
  }
  current = parent.spawn<Jobs>({
    ...{ name, start, startTimeoutMs: 40, stopTimeoutMs: 20, handleTimeoutMs: 30 },
    ...{
      capacity: 1 + world.pick(3),
      maxWaiting: 1 + world.pick(2),
      maxBypass: 1 + world.pick(2),
      maxStashed: 1 + world.pick(4),
    },
    overflow: world.pickOf(['reject', 'wait', 'drop-oldest']),
    priorities: { urgent: 'control', idle: 'low' },
    supervision: { restart: { atMost: world.pick(2), backoffMs: 10 } },
  })
  const ref = current
  ref.watch(() => ends.set(ref, (ends.get(ref) ?? 0) + 1))
  actors.set(name, ref)
  everybody.push(ref)
}

/** The message that a life has in hand. */
class Hands {
  job: Job | undefined
}

interface Self {
  readonly self: () => ActorRef<Jobs> | undefined
  readonly hands: Hands
}

function lifeOf(company: Company, context: StartContext, { self, hands }: Self): Life<Jobs> {
  const { world, books, actors } = company
  const handle = async (job: Job, from: DeliveryContext): Promise<number> => {
    if (job.deed === 'late') await later(world)
    if (job.deed === 'ask') {
      const id = company.nextId()
      const other = world.pickOf([...actors.values()])
      await other.ask(world.pickOf(kinds), { id, deed: 'answer' }, { from, timeoutMs: 15 })
    }
    if (job.deed === 'hang') await never()
    if (job.deed === 'reject') throw new Error('rejected')
    return job.id
  }
  const isOpen = openingOf(company, context)
  const handler =
    (kind: string) =>
    (job: Job, from: DeliveryContext): number | Stashed | Promise<number> => {
      books.comes(self(), kind, job)
      if (kind !== 'urgent' && !isOpen()) return putAside(company, from)
      books.handles(self(), kind, job, world.clock.now())
      // Not each time: a signal is slow to make, and nobody else here looks at it.
      if (job.id % 4 === 0 && context.signal.aborted) books.wrong(`${job.id} is handled by a life that is over`)
      if (hands.job !== undefined) books.wrong(`${job.id} is handled before ${hands.job.id} is done`)
      if (job.deed === 'throw') throw new Error('thrown')
      if (job.deed === 'answer') return job.id
      hands.job = job
      return handle(job, from).finally(() => {
        hands.job = undefined
      })
    }
  return { handlers: { urgent: handler('urgent'), usual: handler('usual'), idle: handler('idle') } }
}

/** Now and then all comes back too early, and is put aside again; or the life ends by it. */
function putAside({ world, books }: Company, from: DeliveryContext): Stashed {
  const aside: Stashed = from.stash()
  const how = world.pick(6)
  if (how < 2) {
    from.unstash()
    books.comesBack()
  }
  if (how === 5) throw new Error('put aside')
  return aside
}

/** Whether a life handles more than what is urgent: at once, or from a moment on that comes later, or never. */
function openingOf({ world, books }: Company, context: StartContext): () => boolean {
  const how = world.pick(6)
  if (how > 2) return () => true
  let isOpen = false
  const open = (): void => {
    isOpen = true
    context.unstash()
    books.comesBack()
  }
  if (how > 0) world.schedule(how === 1 ? open : () => world.schedule(open))
  return () => isOpen
}

/** When it is scheduled. */
function later({ schedule }: Interleaving): Promise<void> {
  return new Promise((resolve) => {
    schedule(resolve)
  })
}

function hookOf(world: Interleaving): void | Promise<void> {
  const how = world.pick(8)
  if (how === 0) throw new Error('hook')
  if (how === 1) return never().then(() => undefined)
  if (how === 2) return later(world)
  return undefined
}
