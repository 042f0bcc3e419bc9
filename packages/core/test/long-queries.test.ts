import type { Query } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { manualTime } from './manual-time.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { seededRandom } from './seeded-random.ts'

const records = 2_000

/** A clock on which each look takes so long, as if it were work: a query gives way as often as it may. */
function slowTime() {
  const time = manualTime()
  return Object.assign(time, {
    monotonicMs() {
      time.at += 3
      return time.at
    },
  })
}

type Texts = ReadonlyMap<string, string>

/** One record a commit, of which each is remembered. */
class Writer {
  readonly states = new Map<number, Texts>()
  readonly #state: TinyState
  readonly #below: () => number
  #texts: Texts = new Map()
  #seq = 0
  #created = 0

  constructor(state: TinyState, random: () => number) {
    this.#state = state
    this.#below = random
  }

  async fill(): Promise<void> {
    const rows = Array.from({ length: records }, (_, at) => ({ id: `n${at}`, text: 'first' }))
    await this.#state.note.createMany(rows)
    this.#texts = new Map(rows.map(({ id, text }) => [id, text]))
    this.#seq = (await this.#state.stats()).lastSeq
    this.states.set(this.#seq, this.#texts)
  }

  async write(): Promise<void> {
    const next = new Map(this.#texts)
    const ids = [...next.keys()]
    const id = ids[Math.floor(this.#below() * ids.length)] ?? ''
    const kind = this.#below()
    if (kind < 0.3) {
      next.delete(id)
      await this.#state.note.delete(id)
    } else if (kind < 0.6) {
      // Into a slot that a deletion has left, where there is one; often with the id that it had.
      const made = kind < 0.4 && !next.has('n7') ? 'n7' : `m${this.#created++}`
      next.set(made, 'made')
      await this.#state.note.create({ id: made, text: 'made' })
    } else {
      const text = kind < 0.8 ? 'hidden' : 'other'
      next.set(id, text)
      await this.#state.note.update(id, { text })
    }
    this.#texts = next
    this.states.set(++this.#seq, next)
  }
}

const query: Query = { type: 'note', where: { text: { ne: 'hidden' } } }

/** Asks while others write as much as they can. */
async function askBeside(memory: { cacheBytes: number }): Promise<void> {
  const { state } = await openTiny({ storage: memoryStorage(), time: slowTime(), memory })
  const random = seededRandom()
  const writer = new Writer(state, () => (random.bytes(1)[0] ?? 0) / 256)
  await writer.fill()
  for (let round = 0; round < 6; round++) {
    let isAnswered = false
    const asked = state.ask('query', query).finally(() => {
      isAnswered = true
    })
    let writes = 0
    for (; !isAnswered; writes++) await writer.write()
    expect(writes, 'others had a turn').toBeGreaterThan(2)
    const { rows, seq } = await asked
    const then = [...(writer.states.get(seq) ?? [])].filter(([, text]) => text !== 'hidden')
    const expected = then.map(([id]) => id).sort()
    expect(rows.map(({ id }) => id)).toEqual(expected)
  }
  await state.close()
}

test.each([
  ['in memory', 10_000_000],
  ['of which few are in memory', 20_000],
])('a scan of records %s gives way, and its answer is of one commit', async (_, cacheBytes) => {
  await askBeside({ cacheBytes })
})
