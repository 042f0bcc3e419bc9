import { limits } from '@stateward/contract'
import { expect, test } from 'vitest'
import type { Transaction } from '../src/index.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import type { TinyDomain } from './tiny-domain.ts'
import { turns } from './turns.ts'

test('a transaction that calls for ever meets its time, and its signal, whatever it calls', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a' })
  const calls: readonly ((tx: Transaction<TinyDomain>) => Promise<unknown>)[] = [
    (tx) => tx.task.get('a'),
    (tx) => tx.task.getMany(['a', 'b']),
    (tx) => tx.task.update('a', { n: 1 }),
  ]
  // Bounded, so that the test ends where nothing else makes an end to it.
  const forEver =
    (call: (typeof calls)[number], most = 1_000_000) =>
    async (tx: Transaction<TinyDomain>): Promise<void> => {
      for (let n = 0; n < most; n++) await call(tx)
    }
  for (const call of calls.slice(0, 2)) {
    expect(await codeOf(state.transaction(forEver(call), { timeoutMs: 5 }))).toBe('TIMEOUT')
    const signal = AbortSignal.timeout(5)
    expect(await codeOf(state.transaction(forEver(call), { signal }))).toBe('ABORTED')
  }
  // Also one that does not listen leaves room for others, though nothing makes an end to it.
  let over: Promise<void> | undefined
  let isOver = false
  const deaf = state.transaction(
    (tx) => {
      over = forEver(
        () => tx.task.get('a').catch(() => undefined),
        100_000,
      )(tx).then(() => {
        isOver = true
      })
      return over
    },
    { timeoutMs: 5 },
  )
  expect(await codeOf(deaf)).toBe('TIMEOUT')
  await turns(2)
  expect(isOver).toBe(false)
  await over
  for (const call of calls.slice(2)) expect(await codeOf(state.transaction(forEver(call)))).toBe('TOO_LARGE')
  expect((await state.stats()).lastSeq).toBe(1)
  await state.close()
})

test('a transaction that looks at more than can be looked at again is refused', async () => {
  const { state } = await openTiny()
  const ids = Array.from({ length: limits.transactionIds }, (_, n) => `t${n}`)
  const wide = state.transaction(async (tx) => {
    await tx.task.getMany(ids)
    await tx.task.getMany(ids)
    await tx.task.get('one more')
  })
  expect(await codeOf(wide)).toBe('TOO_LARGE')
  const curious = state.transaction(async (tx) => {
    for (let n = 0; n <= limits.transactionQueries; n++) await tx.task.where({ n }).count()
  })
  expect(await codeOf(curious)).toBe('TOO_LARGE')
  await state.close()
})

test('a transaction that is too large is refused, with a bound on its writes', async () => {
  const { state } = await openTiny()
  const rows = Array.from({ length: 5_001 }, (_, n) => ({ id: `t${n}` }))
  const large = state.transaction(async (tx) => {
    await tx.task.createMany(rows)
    await tx.task.createMany(rows.map(({ id }) => ({ id: `more ${id}` })))
  })
  expect(await codeOf(large)).toBe('TOO_LARGE')
  expect((await state.stats()).lastSeq).toBe(0)
  await state.close()
})
