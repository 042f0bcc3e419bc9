import { StatewardError, type StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { type Fate, type FaultyStorage, faultyStorage } from './faulty-storage.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { runs } from './runs.ts'
import { turns } from './turns.ts'

/** Which task a call writes, and how many fields of it: enough of them make a bulk write of several commits. */
type Asked = { readonly kind: 'create' | 'update' | 'delete' | 'many' | 'transact'; readonly n: number }
type Settled = { readonly code: string } | { readonly records: readonly StoredRecord[] }

const full: Fate = { fails: new StatewardError('FULL', 'no room') }
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Fate>('ok') },
  { weight: 3, arbitrary: fc.constant(full) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fate>(
      'lands unknown',
      'lost unknown',
      { fails: new StatewardError('STORAGE_FAILED', 'gone') },
      { fails: 'text' },
    ),
  },
)
const asked = fc.record<Asked>({
  kind: fc.constantFrom('create', 'update', 'update', 'delete', 'many', 'transact'),
  n: fc.integer({ min: 0, max: 5 }),
})
const waves = fc.array(fc.record({ calls: fc.array(asked, { minLength: 1, maxLength: 6 }), pause: fc.nat(3) }), {
  minLength: 1,
  maxLength: 10,
})
const padding = 'x'.repeat(40_000)

function ask(state: TinyState, { kind, n }: Asked, serial: number): Promise<readonly StoredRecord[]> {
  const id = `t${n}`
  const one = (promise: Promise<object>): Promise<readonly StoredRecord[]> =>
    promise.then((record) => [record as StoredRecord])
  switch (kind) {
    case 'create':
      return one(state.task.create({ id, n: serial }))
    case 'update':
      return one(state.task.update(id, { n: serial }))
    case 'delete':
      return one(state.task.delete(id))
    case 'many':
      return state.task.createMany(
        [0, 1, 2, 3].map((at) => ({ id: `m${serial}-${at}`, n: serial, title: padding })),
      ) as Promise<readonly never[]>
    default:
      return state
        .transact([
          { op: 'create', type: 'note', data: { id: `note${serial}`, text: 'x' } },
          { op: 'update', type: 'task', id, changes: { n: serial } },
        ])
        .then(({ results }) => results.slice(1)) as Promise<readonly never[]>
  }
}

/** Everything that reads see, by id. */
async function visible(state: TinyState): Promise<Map<string, StoredRecord>> {
  const { rows } = await state.ask('query', { type: 'task' })
  const notes = await state.ask('query', { type: 'note' })
  return new Map([...rows, ...notes.rows].map((record) => [record.id, record]))
}

/** Nothing is seen of a line before its append was answered well. */
async function expectOnlyAnswered(state: TinyState, storage: FaultyStorage): Promise<void> {
  const seen = await visible(state)
  // Reads take a while: what is answered while they do may be seen.
  const lines = [...storage.answered].join('\n')
  for (const { id, n, rev } of seen.values())
    expect(
      lines.includes(`"rev":${rev}`) && lines.includes(`"${id}"`),
      `${id} at rev ${rev} (${n}) is seen and not answered`,
    ).toBe(true)
}

test('whatever appends do, what is acknowledged is there, and nothing else is seen', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 25 }), waves, fc.nat(3), async (fates, waves, slowness) => {
      const storage = faultyStorage({ fates, unknown: 'stop', slowness, caps: { maxBatchRecords: 2 } })
      const { state } = await openTiny({ storage })
      const settled: Promise<Settled>[] = []
      for (const { calls, pause } of waves) {
        for (const call of calls) settled.push(outcome(ask(state, call, settled.length)))
        await turns(pause)
        await expectOnlyAnswered(state, storage)
      }
      const outcomes = await Promise.all(settled)
      await expectOnlyAnswered(state, storage)
      expectHonest(outcomes, await visible(state))
      storage.fates.length = 0
      // An append whose callers have all been told may still be on its way, and may still fail for good.
      await state.flush().catch(() => undefined)
      const failed = (await state.stats()).health === 'failed'
      expect(await codeOf(state.note.create({ id: 'last' }))).toBe(failed ? 'STORAGE_FAILED' : 'none')
      const before = await visible(state)
      if (!failed) expect((await state.verify()).ok).toBe(true)
      await state.close()
      const { state: again } = await openTiny({ storage })
      const after = await visible(again)
      if (outcomes.some((one) => 'code' in one && one.code === 'UNKNOWN')) expectHonest(outcomes, after, true)
      else expect(after).toEqual(before)
      await again.close()
    }),
    { numRuns: runs(40) },
  )
})

function outcome(promise: Promise<readonly StoredRecord[]>): Promise<Settled> {
  return promise.then(
    (records) => ({ records }),
    (error: unknown) => ({
      code: error instanceof StatewardError ? error.code : `no StatewardError: ${String(error)}`,
    }),
  )
}

const told = new Set(['FULL', 'UNKNOWN', 'STORAGE_FAILED', 'BUSY', 'NOT_FOUND', 'ALREADY_EXISTS'])

/** Each record that was answered is there as it was answered, or in a later version. */
function expectHonest(outcomes: readonly Settled[], seen: ReadonlyMap<string, StoredRecord>, mayBeLater = false): void {
  const newest = new Map<string, StoredRecord>()
  for (const one of outcomes) {
    if ('code' in one) expect([...told]).toContain(one.code)
    else
      for (const record of one.records)
        if (record.rev > (newest.get(record.id)?.rev ?? 0)) newest.set(record.id, record)
  }
  for (const [id, record] of newest) {
    const isDeletion = record.created_at === undefined
    const found = seen.get(id)
    if (mayBeLater && (found?.rev ?? Number.POSITIVE_INFINITY) > record.rev) continue
    expect(found, id).toEqual(isDeletion ? undefined : record)
  }
}
