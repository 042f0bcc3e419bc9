import { setImmediate as nextTurn } from 'node:timers/promises'
import { boot, type Pick, SimClock, SimMedium, seededPick, simMachine } from '@stateward/conformance'
import { hasCode } from '@stateward/contract'
import { createStateManager, type State } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { expect } from 'vitest'
import { StorePool } from '../../src/stores/store-pool.ts'
import { noteDomain } from '../note-domain.ts'

type Store = State<typeof noteDomain>

/** What became of a write: `sent` may be there or not. */
type Fate = 'sent' | 'acknowledged'

const names = Array.from({ length: 24 }, (_, at) => `store-${at}`)
/** So few that they are in each other's way, or so many that one has room while its last life is still closing. */
const roomOf = (seed: number): number => (seed % 2 === 0 ? 4 : 12)
const idleMs = 1_000

/** Dozens of stores on one simulated disk, used at random beside a Map of what they must hold; the process dies in between. */
export class StoresWorld {
  readonly #pick: Pick
  readonly #seed: number
  readonly #maxOpen: number
  readonly #model = new Map(names.map((name) => [name, new Map<string, Fate>()]))
  readonly #clock = new SimClock()
  #medium = new SimMedium()
  #pool: StorePool<Store>
  readonly #wrong: unknown[] = []
  #ids = 0
  #openedMost = 0
  #open = { now: 0 }
  /** Calls that have been given a store and have not given it back. */
  #users = new Map<Store, number>()
  #isEnding = false

  constructor(seed: number) {
    this.#seed = seed
    this.#maxOpen = roomOf(seed)
    this.#pick = seededPick(seed)
    this.#pool = this.#poolOn(this.#medium)
  }

  #poolOn(medium: SimMedium): StorePool<Store> {
    const disk = boot(medium)
    const clock = this.#clock
    const open = { now: 0 }
    this.#open = open
    this.#users = new Map()
    const lives = new Set<string>()
    const names = new Map<Store, string>()
    return new StorePool<Store>({
      ...{
        maxOpen: this.#maxOpen,
        idleMs,
        maxWaiting: 1_000,
        wakeTimeoutMs: 600_000,
        retry: { firstMs: 1, mostMs: 1 },
      },
      ...{ clock, timers: clock, tell: () => undefined },
      open: async (name) => {
        if (lives.has(name)) this.#wrong.push(new Error(`${name} is opened while it is open`))
        lives.add(name)
        open.now++
        this.#openedMost = Math.max(this.#openedMost, open.now)
        const pick = seededPick(this.#seed * 7_919 + this.#ids)
        const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => pick(256)) }
        const environment = { clock, random, timers: clock }
        const storage = jsonlStorage({
          ...{ dir: `/${name}`, fs: disk, machine: simMachine, ballastBytes: 0, segmentBytes: 4_096 },
          ...environment,
        })
        const store = await createStateManager({
          storage,
          domain: noteDomain,
          ...environment,
          checkpoints: { atClose: 2 },
          scrub: false,
        })
        names.set(store, name)
        return store
      },
      close: async (store) => {
        const users = this.#users.get(store) ?? 0
        if (users > 0 && !this.#isEnding) this.#wrong.push(new Error(`closed under ${users} of its users`))
        await store.close().finally(() => {
          open.now--
          lives.delete(names.get(store) ?? '')
        })
      },
    })
  }

  /** Uses stores, dies, and uses what is left; resolves with how many uses were looked at. Rejects when one was wrong. */
  async run(steps: number): Promise<number> {
    await this.#live(steps)
    this.#medium.kill()
    this.#medium = this.#pick(2) === 0 ? this.#medium : this.#medium.afterPowerCut(this.#pick)
    this.#pool = this.#poolOn(this.#medium)
    for (const name of names) await this.#look(name)
    const uses = await Promise.all(await this.#live(steps))
    expect(
      uses.filter((code) => code !== undefined),
      'without a crash every use is answered',
    ).toEqual([])
    for (const name of names) await this.#look(name)
    expect(this.#wrong).toEqual([])
    this.#isEnding = true
    this.#pool.stopIntake()
    await this.#pool.unused()
    await this.#pool.closeAll()
    expect(this.#pool.stats).toMatchObject({ open: 0, opening: 0, passivating: 0, queued: 0, waiting: 0 })
    expect(this.#openedMost).toBeLessThanOrEqual(this.#maxOpen)
    expect(this.#open.now).toBe(0)
    return steps * 2
  }

  /** Begins that many uses, and lets some of them come to their end; resolves with all of them. */
  async #live(steps: number): Promise<readonly Promise<string | undefined>[]> {
    const uses: Promise<string | undefined>[] = []
    for (let step = 0; step < steps; step++) {
      // Few names are asked for often, as in life.
      const name = names[this.#pick(3) === 0 ? this.#pick(names.length) : this.#pick(6)] ?? ''
      const dice = this.#pick(12)
      if (dice < 6) uses.push(this.#settled(this.#write(name)))
      else if (dice < 9) uses.push(this.#settled(this.#look(name)))
      else if (dice === 9) uses.push(this.#settled(this.#pool.passivate(name)))
      else if (dice === 11) uses.push(...(await this.#hurried(name)))
      else if (dice === 10) this.#clock.pass(this.#pick(2) === 0 ? 10 : idleMs)
      for (let turns = this.#pick(12); turns > 0; turns--) await nextTurn()
    }
    return uses
  }

  /** Passivates a store a moment after somebody has asked for it, and asks for it again a moment later. */
  async #hurried(name: string): Promise<readonly Promise<string | undefined>[]> {
    const uses: Promise<string | undefined>[] = []
    for (const use of [() => this.#write(name), () => this.#pool.passivate(name), () => this.#write(name)]) {
      uses.push(this.#settled(use()))
      for (let turns = this.#pick(8); turns > 0; turns--) await nextTurn()
    }
    return uses
  }

  async #write(name: string): Promise<void> {
    const own = this.#model.get(name)
    const n = this.#ids++
    const id = `note-${n}`
    await this.#use(name, async (store) => {
      own?.set(id, 'sent')
      await store.note.create({ id, n })
      own?.set(id, 'acknowledged')
    })
  }

  /** What was acknowledged before the look is there, and nothing that was not sent before its end. */
  async #look(name: string): Promise<void> {
    const own = this.#model.get(name) ?? new Map<string, Fate>()
    await this.#use(name, async (store) => {
      const due = [...own].filter(([, fate]) => fate === 'acknowledged').map(([id]) => id)
      const found = new Set((await store.note.all()).map(({ id }) => id))
      expect(
        due.filter((id) => !found.has(id)),
        `acknowledged in ${name} and lost`,
      ).toEqual([])
      expect(
        [...found].filter((id) => !own.has(id)),
        `in ${name} and never sent`,
      ).toEqual([])
    })
  }

  async #use(name: string, work: (store: Store) => Promise<void>): Promise<void> {
    const { store, release } = await this.#pool.hold(name, {})
    const users = this.#users
    users.set(store, (users.get(store) ?? 0) + 1)
    try {
      await work(store)
    } finally {
      users.set(store, (users.get(store) ?? 0) - 1)
      release()
    }
  }
  /** The code with which it failed: a process that has died fails everything. What is no code is kept to be thrown at the end. */
  async #settled(use: Promise<unknown>): Promise<string | undefined> {
    try {
      await use
      return undefined
    } catch (error) {
      const code = (['STORAGE_FAILED', 'UNKNOWN', 'CLOSED'] as const).find((one) => hasCode(error, one))
      if (code === undefined) this.#wrong.push(error)
      return code ?? 'wrong'
    }
  }
}
