import type { Commit, Domain, Endpoint, JsonObject, Storage } from '@stateward/contract'
import { createStateManager, type State } from '@stateward/core'
import { domain } from '@stateward/domain'
import { jsonlStorage } from '@stateward/storage-jsonl'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commitsUpToNow } from '../src/command/commits.ts'
import { previewStorage } from '../src/preview-storage.ts'
import { freshFolder } from './run-stateward.ts'
import { bytesOf } from './store-bytes.ts'

const ids = [0, 1, 2].map((n) => `01900000-0000-7000-8000-00000000000${n}`)
const clock = { now: () => 1_700_000_000_000, monotonicMs: () => 0 }
const open = (storage: Storage): Promise<State> => createStateManager({ storage, domain: domain as Domain, clock })

/** What one of a few plans may go through. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), id: fc.constantFrom(...ids), name: fc.constantFrom('a', 'b', '') }),
  fc.record({
    kind: fc.constant('update' as const),
    id: fc.constantFrom(...ids),
    name: fc.constantFrom('a', 'b', 'c'),
  }),
  fc.record({ kind: fc.constant('delete' as const), id: fc.constantFrom(...ids), name: fc.constant('') }),
  fc.record({ kind: fc.constant('restore' as const), id: fc.constantFrom(...ids), name: fc.constant('') }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** The answer, or the code of the refusal. */
async function answerTo(endpoint: Endpoint, { kind, id, name }: Step): Promise<unknown> {
  const fields: JsonObject = { name }
  const asked =
    kind === 'create'
      ? endpoint.ask('create', { type: 'plan', data: { id, ...fields } })
      : kind === 'update'
        ? endpoint.ask('update', { type: 'plan', id, changes: fields })
        : endpoint.ask(kind, { type: 'plan', id })
  return asked.catch((error: { code: string }) => error.code)
}

async function commitsOf(endpoint: Endpoint): Promise<Commit[]> {
  const commits: Commit[] = []
  for await (const commit of commitsUpToNow(endpoint)) commits.push(commit)
  return commits
}

describe('a trial run', () => {
  test('answers as a real one does, knows its own commits, and leaves the directory as it was', async () => {
    const histories = fc.tuple(fc.array(step, { maxLength: 12 }), fc.array(step, { maxLength: 12 }))
    await fc.assert(
      fc.asyncProperty(histories, async ([before, tried]) => {
        const dir = freshFolder()
        const real = await open(jsonlStorage({ dir }))
        for (const one of before) await answerTo(real, one)
        await real.close()
        const bytes = bytesOf(dir)
        const trial = await open(previewStorage(jsonlStorage({ dir })).storage)
        const answers: unknown[] = []
        for (const one of tried) answers.push(await answerTo(trial, one))
        const state = await trial.ask('query', { type: 'plan' })
        const commits = await commitsOf(trial)
        await trial.close()
        expect(bytesOf(dir)).toEqual(bytes)

        const again = await open(jsonlStorage({ dir }))
        for (const [at, one] of tried.entries()) expect(await answerTo(again, one)).toEqual(answers[at])
        expect(await again.ask('query', { type: 'plan' })).toEqual(state)
        expect(await commitsOf(again)).toEqual(commits)
        await again.close()
      }),
      { numRuns: 25 },
    )
  })

  test('compaction in it reads on from what was kept in memory', async () => {
    const dir = freshFolder()
    const real = await open(jsonlStorage({ dir }))
    for (const id of ids) await real.ask('create', { type: 'plan', data: { id, name: 'n' } })
    await real.close()
    const preview = previewStorage(jsonlStorage({ dir }))
    const trial = await createStateManager({ storage: preview.storage, domain, memory: { cacheBytes: 1 } })
    await trial.plan.update(ids[0] ?? '', { name: 'm' })
    expect(await trial.compact()).toMatchObject({ upTo: 4, records: 3 })
    expect(preview.baseBytes()).toBeGreaterThan(100)
    expect((await trial.plan.where().all()).map(({ name }) => name)).toEqual(['m', 'n', 'n'])
    expect(await trial.verify()).toMatchObject({ ok: true })
    await trial.close()
  })
})
