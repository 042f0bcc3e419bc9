import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BaseRows } from '../src/compaction/base-rows.ts'
import { NumberOrder } from '../src/compaction/number-order.ts'
import { Bodies } from '../src/records/bodies.ts'
import type { VersionPlace } from '../src/records/row-table.ts'
import { Live } from '../src/state/live.ts'
import { tinyDomain } from './tiny-domain.ts'
import { turns } from './turns.ts'

// The first of all types is among them: an empty row would be one of it.
const types = ['plan', 'note'] as const
const change = fc.record({
  type: fc.constantFrom(...types),
  id: fc.nat({ max: 12 }).map((n) => `r${n}`),
  op: fc.constantFrom('put', 'put', 'patch', 'delete'),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

/** A state that is changed by commits of one change each, whose pointer is a thousand times their seq. */
class Subject {
  readonly live = new Live(tinyDomain, new Bodies({ fetch: async () => [] }, 10_000))
  #seq = 0

  commit({ type, id, op }: Change): void {
    const { rows } = this.live.type(type)
    const isThere = rows.slotOf(id) !== undefined
    if (!isThere && op !== 'put') return
    const seq = ++this.#seq
    const rev = rows.lastRev(id) + 1
    const record = Object.freeze({ id, rev, created_at: '', updated_at: '' })
    const before = isThere ? record : undefined
    const after = op === 'delete' ? undefined : record
    const changed =
      op === 'put'
        ? ({ op, type, id, rev, data: record } as const)
        : op === 'patch'
          ? ({ op, type, id, rev, prev: 1, changes: {}, unset: [] } as const)
          : ({ op: 'delete', type, id, rev } as const)
    this.live.apply(seq, seq * 1_000, [{ change: changed, before, after } as never])
  }

  /** What a base of this moment holds, the obvious way. */
  expected(): unknown[] {
    const found = [...this.live.types.values()].flatMap(({ name, rows }) => [
      ...[...rows.ids.slots()].map((slot) => [rows.seq(slot), name, rows.idOf(slot), rows.rev(slot), rows.place(slot)]),
      ...[...rows.tombstones].map(([id, { seq, rev }]) => [seq, name, id, rev, undefined]),
    ])
    return found.sort((left, right) => Number(left[0]) - Number(right[0]))
  }
}

/** The row that was taken as the so-manieth, however it is asked for. */
function told(rows: BaseRows, at: number): unknown[] {
  const { seq, type, id, rev, place } = rows.row(at)
  expect(rows.seq(at)).toBe(seq)
  expect(rows.place(at)).toEqual(place)
  return [seq, type.name, id, rev, place]
}

/** Whether a record that has changed since stands on its row of the base, with what came then, or has been written whole then. */
function isAbove({ whole, patches }: VersionPlace, { ptr, upTo }: { ptr: number; upTo: number }): boolean {
  const isSince = (one: number): boolean => one > upTo * 1_000 && one < 1_000_000_000
  return patches.every(isSince) && (isSince(whole) || (whole === ptr && patches.length > 0))
}

/** The next rows, at most so many. */
function taken(rows: BaseRows, count: number): unknown[][] {
  return Array.from({ length: rows.take(count) }, (_, at) => told(rows, at))
}

test('the rows of a base are the state of one commit, whatever changes between any two slices', async () => {
  const changes = fc.array(change, { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(
      changes,
      fc.array(changes, { maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      async (before, meanwhile, slice) => {
        const subject = new Subject()
        for (const one of before) subject.commit(one)
        const expected = subject.expected()
        const rows = new BaseRows(subject.live, slice)
        const breathe = async (): Promise<void> => {
          for (const one of meanwhile.shift() ?? []) subject.commit(one)
        }
        await rows.list(breathe)
        const found: unknown[] = []
        for (let more = rows.take(3); more > 0; more = rows.take(3)) {
          for (let left = more; left > 0; left--) found.push(told(rows, found.length))
          await breathe()
        }
        // They are the same for whoever asks later.
        for (const [at, row] of found.entries()) expect(told(rows, at)).toEqual(row)
        expect(found).toEqual(expected)
        expect(rows.length).toBe(expected.length)
        await rows.rebase(
          Float64Array.from(found, (_, at) => 1_000_000_000 + at),
          breathe,
        )
        rows.release()
        expect(subject.live.watchers.size).toBe(0)
        // Whatever has not changed since stands in the base now, alone.
        for (const [at, row] of found.entries()) {
          const [seq, name, id, , place] = row as [number, string, string, number, object | undefined]
          const slot = subject.live.type(name).rows.slotOf(id)
          if (place === undefined || slot === undefined) continue
          const now = subject.live.type(name).rows.place(slot)
          if (now.seq === seq) expect(now).toMatchObject({ whole: 1_000_000_000 + at, patches: [] })
          else expect(isAbove(now, { ptr: 1_000_000_000 + at, upTo: rows.upTo })).toBe(true)
        }
      },
    ),
    { numRuns: 400 },
  )
})

test('a tombstone that goes when it is in the list already is there once', async () => {
  const subject = new Subject()
  for (const id of ['a', 'b', 'c', 'd']) subject.commit({ type: 'note', id, op: 'put' })
  for (const id of ['a', 'b', 'c', 'd']) subject.commit({ type: 'note', id, op: 'delete' })
  const expected = subject.expected()
  const rows = new BaseRows(subject.live, 1)
  let turn = 0
  await rows.list(async () => {
    turn++
    // The first one goes before the list comes to it; the other one while the list looks for such.
    if (turn === 1) subject.commit({ type: 'note', id: 'd', op: 'put' })
    if (turn === 4) subject.commit({ type: 'note', id: 'a', op: 'put' })
  })
  expect(turn).toBeGreaterThan(4)
  expect(taken(rows, 9)).toEqual(expected)
  rows.release()
})

test('a tombstone that goes before the list comes to it is there, also where another type has one of its id', async () => {
  const subject = new Subject()
  subject.commit({ type: 'plan', id: 'y', op: 'put' })
  for (const type of types) for (const op of ['put', 'delete'] as const) subject.commit({ type, id: 'x', op })
  const expected = subject.expected()
  const rows = new BaseRows(subject.live, 1)
  let turn = 0
  await rows.list(async () => {
    if (++turn === 1) subject.commit({ type: 'plan', id: 'x', op: 'put' })
  })
  expect(taken(rows, 9)).toEqual(expected)
  rows.release()
})

test('of more rows than are made room for at first none is lost, nor put in another place', async () => {
  const subject = new Subject()
  const count = 9_000
  for (let at = 0; at < count; at++) subject.commit({ type: at % 3 === 0 ? 'plan' : 'note', id: `r${at}`, op: 'put' })
  for (let at = 0; at < count; at += 5)
    subject.commit({ type: at % 3 === 0 ? 'plan' : 'note', id: `r${at}`, op: at % 2 === 0 ? 'delete' : 'put' })
  const expected = subject.expected()
  const rows = new BaseRows(subject.live)
  let breaths = 0
  await rows.list(async () => void breaths++)
  expect(rows.length).toBe(count)
  expect(breaths, 'it gives way each 4 096 rows of a type, and of the order').toBe(1 + 3)
  const found = taken(rows, count + 1)
  expect(found).toEqual(expected)
  /** Rows whose record does not stand in the base yet. */
  const elsewhere = (): number[] =>
    found.flatMap(([, type, id], at) => {
      const { rows } = subject.live.type(String(type))
      const slot = rows.slotOf(String(id))
      return slot !== undefined && rows.place(slot).whole !== 1_000_000 + at ? [at] : []
    })
  const reached: number[] = []
  await rows.rebase(
    Float64Array.from(found, (_, at) => 1_000_000 + at),
    async () => void reached.push(elsewhere()[0] ?? 0),
  )
  // Row 8 192 is a tombstone, and stands nowhere.
  expect(reached, 'after each 4 096 rows').toEqual([4_096, 8_193])
  expect(elsewhere()).toEqual([])
  rows.release()
})

test('rows are merged by seq, equal ones by number, in whatever order they come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 13_000 }),
      fc.integer({ min: 1, max: 40_000 }),
      async (count, spread) => {
        const seqs = Float64Array.from({ length: count }, (_, at) => (at * 7_919) % spread)
        const order = await NumberOrder.of(seqs, () => turns(0))
        const found: number[] = []
        for (let row = order.next(); row !== undefined; row = order.next()) found.push(row)
        const plain = Array.from(seqs.keys()).sort(
          (left, right) => (seqs[left] ?? 0) - (seqs[right] ?? 0) || left - right,
        )
        expect(found).toEqual(plain)
      },
    ),
    { numRuns: 30 },
  )
})
