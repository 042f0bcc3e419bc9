import type { Change, StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeldCandidates } from '../src/querying/held-candidates.ts'
import { Bodies } from '../src/records/bodies.ts'
import { Live } from '../src/state/live.ts'
import { type Candidate, isCold } from '../src/state/read-view.ts'
import { runs } from './runs.ts'
import { tinyDomain } from './tiny-domain.ts'

type Step = { readonly does: 'write' | 'delete' | 'look'; readonly id: string }

const wordOf = (rev: number): string => `word ${rev % 3}`

/** Notes, each commit one of them; `a` to `f`, so that slots are freed and taken again all the time. */
class Notes {
  readonly live: Live
  readonly #records = new Map<string, StoredRecord>()

  constructor(cacheBytes: number) {
    this.live = new Live(tinyDomain, new Bodies({ fetch: async () => [] }, cacheBytes))
  }

  write(id: string): void {
    const rev = this.live.type('note').rows.lastRev(id) + 1
    const after = Object.freeze({ id, rev, word: wordOf(rev), created_at: '', updated_at: '' })
    this.#commit({ op: 'put', type: 'note', id, rev, data: after }, after)
  }

  delete(id: string): void {
    if (this.#records.has(id))
      this.#commit({ op: 'delete', type: 'note', id, rev: this.live.type('note').rows.lastRev(id) + 1 }, undefined)
  }

  get now(): readonly string[] {
    return [...this.#records.values()].map(({ id, rev }) => `${id} ${rev}`).sort()
  }

  held(ids?: readonly string[], word?: string): HeldCandidates {
    const type = this.live.type('note')
    const sifted = { field: 'word', kind: 'value', values: [word ?? ''] } as const
    const sieve = word === undefined ? undefined : type.rows.fingerprints.sieve([sifted])
    return new HeldCandidates(this.live, type, ids ? { kind: 'ids', ids } : { kind: 'scan' }, sieve)
  }

  #commit(change: Change, after: StoredRecord | undefined): void {
    const seq = this.live.lastSeq + 1
    const before = this.#records.get(change.id)
    if (after === undefined) this.#records.delete(change.id)
    else this.#records.set(change.id, after)
    this.live.apply(seq, seq * 1_000, [{ change, before, after, patches: 0 }])
  }
}

const nameOf = (candidate: Candidate): string =>
  isCold(candidate) ? `${candidate.id} ${candidate.place.rev}` : `${candidate.id} ${candidate.rev}`

/** Looks at what is held place by place, at each place behind some of the steps. */
function lookedAt(notes: Notes, held: HeldCandidates, steps: readonly Step[]): readonly string[] {
  const found: string[] = []
  let at = 0
  for (const { does, id } of steps) {
    if (does === 'look') found.push(...held.some(at, ++at).map(nameOf))
    else notes[does](id)
  }
  found.push(...held.some(at, held.length).map(nameOf))
  held.close()
  return found.sort()
}

const step = fc.record({
  does: fc.constantFrom('write', 'write', 'delete', 'delete', 'look'),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
})
const history = fc.array(step, { maxLength: 12 })

test.each([
  ['in memory', 10_000],
  ['on the disk', 1],
])(
  'what is held of records %s is what was there when it began, whatever is written before it is looked at',
  (_, cacheBytes) => {
    fc.assert(
      fc.property(history, history, fc.boolean(), (first, later, isScan) => {
        const notes = new Notes(cacheBytes)
        for (const { does, id } of first) if (does !== 'look') notes[does](id)
        const { now } = notes
        const held = notes.held(isScan ? undefined : ['a', 'b', 'c', 'd', 'e', 'f'])
        expect(lookedAt(notes, held, later)).toEqual(now)
        expect(notes.live.watchers.size).toBe(0)
      }),
      { numRuns: runs(1_000) },
    )
  },
)

test.each([
  ['made', []],
  ['made and changed', ['write']],
  ['made and deleted', ['delete']],
  ['made, changed and deleted', ['write', 'delete']],
  ['made, deleted and made again', ['delete', 'write']],
] as const)('a record that is %s in a slot that was free when a scan began is not among its candidates', (_, then) => {
  const notes = new Notes(10_000)
  for (const id of ['a', 'b', 'c']) notes.write(id)
  notes.delete('b')
  const held = notes.held()
  notes.write('later')
  for (const does of then) notes[does]('later')
  expect(held.some(0, held.length).map(nameOf)).toEqual(['a 1', 'c 1'])
  held.close()
})

test('what a sieve tells of records in memory is what they held when it began, whatever is written, asked and learned meanwhile', () => {
  fc.assert(
    fc.property(history, history, fc.boolean(), (first, later, isScan) => {
      const notes = new Notes(10_000)
      const all = isScan ? undefined : ['a', 'b', 'c', 'd', 'e', 'f']
      const learn = (): void => {
        const held = notes.held(undefined, wordOf(0))
        held.some(0, held.length)
        held.close()
      }
      for (const { does, id } of first) does === 'look' ? learn() : notes[does](id)
      const matching = notes.now.filter((name) => wordOf(Number(name.slice(2))) === wordOf(1))
      const held = notes.held(all, wordOf(1))
      const found: string[] = []
      let at = 0
      for (const { does, id } of later) {
        if (does !== 'look') notes[does](id)
        else {
          found.push(...held.some(at, ++at).map(nameOf))
          learn()
        }
      }
      found.push(...held.some(at, held.length).map(nameOf))
      held.close()
      expect(found.filter((name) => wordOf(Number(name.slice(2))) === wordOf(1)).sort()).toEqual(matching)
    }),
    { numRuns: runs(2_000) },
  )
})

test('a change beside a scan makes it look at what has changed, and at nothing else that a sieve tells', () => {
  const notes = new Notes(10_000)
  for (const id of ['a', 'b', 'c', 'd']) notes.write(id)
  const learning = notes.held(undefined, wordOf(0))
  learning.some(0, learning.length)
  learning.close()
  const held = notes.held(undefined, wordOf(0))
  expect(held.some(0, held.length)).toEqual([])
  notes.write('c')
  expect(held.some(0, held.length).map(nameOf)).toEqual(['c 1'])
  held.close()
})
