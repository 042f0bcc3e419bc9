import { expect, test } from 'vitest'
import { transact } from '../src/transact.ts'
import { FakeEndpoint } from './fake-endpoint.ts'
import { domain } from './task-domain.ts'

const record = { id: 't1', rev: 1, created_at: 'c', updated_at: 'u', title: 'x' }
const operations = [
  { op: 'create', type: 'task', data: { title: 'x' } },
  { op: 'update', type: 'person', id: 'p1', changes: { name: 'Ann' }, expectedRev: 1 },
  { op: 'delete', type: 'task', id: 't2', cascade: true },
  { op: 'restore', type: 'person', id: 'p2' },
] as const

test('a list of operations is one message, and its answer comes back as it is', async () => {
  const answer = { seq: 7, results: [record, record, { id: 't2', rev: 3 }, record] }
  const endpoint = new FakeEndpoint(() => answer)
  const options = { txid: 'x', timeoutMs: 5 }
  const given = transact(endpoint, domain)(operations, options)
  expect(endpoint.asked).toEqual([{ kind: 'transact', body: { operations, txid: 'x' }, options }])
  expect(given).toBe(endpoint.answers[0])
  expect(await given).toBe(answer)
})

test('the actor of the client writes where the call names none', async () => {
  const endpoint = new FakeEndpoint()
  const run = transact(endpoint, domain, { actor: 'worker-1' })
  await run([])
  await run([], { actor: 'ann' })
  expect(endpoint.asked.map(({ body }) => body)).toStrictEqual([
    { operations: [], actor: 'worker-1' },
    { operations: [], actor: 'ann' },
  ])
})
