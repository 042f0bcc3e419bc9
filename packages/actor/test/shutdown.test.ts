import { expect, test } from 'vitest'
import { createShutdown, type Phase } from '../src/index.ts'
import { manualClock } from '../src/testing.ts'
import { turn } from './turn.ts'

const never = new Promise<void>(() => undefined)

test('phases run in order, each whatever became of those before, and the report says what happened', async () => {
  const clock = manualClock()
  const ran: string[] = []
  const phase = (name: string, run: Phase['run']): Phase => ({
    ...{ name, timeoutMs: 100 },
    run: (signal) => {
      ran.push(name)
      return run(signal)
    },
  })
  const shutdown = createShutdown(
    [
      phase('intake', () => undefined),
      phase('drain', () => Promise.reject(new Error('no drain'))),
      phase('throws', () => {
        throw new Error('at once')
      }),
      phase('flush', () => never),
      phase('close', async () => undefined),
    ],
    { clock },
  )
  expect(shutdown.isBegun).toBe(false)
  const ending = shutdown.begin()
  await turn()
  expect(ran).toEqual(['intake', 'drain', 'throws', 'flush'])
  clock.advance(100)
  const { phases, clean } = await ending
  expect(clean).toBe(false)
  expect(phases).toMatchObject([
    { name: 'intake', outcome: 'done' },
    { name: 'drain', outcome: 'failed', error: { message: 'no drain' } },
    { name: 'throws', outcome: 'failed', error: { message: 'at once' } },
    { name: 'flush', outcome: 'late', tookMs: 100 },
    { name: 'close', outcome: 'done', tookMs: 0 },
  ])
  expect(clock.pendingTimers).toBe(0)
})

test('a second call hurries the phase that runs and those that follow, and leaves none out', async () => {
  const clock = manualClock()
  const hurried: string[] = []
  const phase = (name: string): Phase => ({
    ...{ name, timeoutMs: 100 },
    run: (signal) =>
      new Promise((resolve) => {
        const finish = (): void => {
          hurried.push(name)
          resolve()
        }
        if (signal.aborted) finish()
        else signal.addEventListener('abort', finish, { once: true })
      }),
  })
  const shutdown = createShutdown([phase('drain'), phase('close')], { clock })
  const ending = shutdown.begin()
  await turn()
  expect(hurried).toEqual([])
  expect(shutdown.begin()).toBe(ending)
  expect(await ending).toMatchObject({ clean: true, phases: [{ name: 'drain' }, { name: 'close' }] })
  expect(hurried).toEqual(['drain', 'close'])
  expect(shutdown.begin()).toBe(ending)
  expect(clock.pendingTimers).toBe(0)
})
