import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type SignalledProcess, stopOnSignals } from 'stateward'
import { expect, test } from 'vitest'

class FakeProcess extends EventEmitter implements SignalledProcess {
  exitCode: number | undefined = undefined
  readonly exited: Promise<void>
  exit: () => void = () => undefined

  constructor() {
    super()
    this.exited = new Promise((resolve) => {
      this.exit = resolve
    })
  }
}

test('the first signal stops all, each that follows hurries, and the exit code is said when all have answered', async () => {
  const process = new FakeProcess()
  const calls: string[] = []
  let end = (_: { clean: boolean }): void => undefined
  const slow = new Promise<{ clean: boolean }>((resolve) => {
    end = resolve
  })
  const stops = [
    () => slow.finally(() => calls.push('slow')),
    async () => {
      calls.push('quick')
      return { clean: true }
    },
  ]
  stopOnSignals(stops, { process, lingerMs: 0 })
  expect(calls).toEqual([])
  process.emit('SIGTERM')
  process.emit('SIGINT')
  await nextTurn()
  expect(calls).toEqual(['quick', 'quick'])
  expect(process.exitCode).toBeUndefined()
  end({ clean: false })
  await process.exited
  expect(process.exitCode).toBe(1)
})

test.each([
  ['clean', async () => ({ clean: true }), undefined],
  ['failed', () => Promise.reject(new Error('no')), 1],
  [
    'thrown',
    () => {
      throw new Error('no')
    },
    1,
  ],
])('what has %s sets the code', async (_, stop, code) => {
  const process = new FakeProcess()
  stopOnSignals(stop, { process, lingerMs: 0, signals: ['SIGHUP'] })
  expect(process.eventNames()).toEqual(['SIGHUP'])
  process.emit('SIGHUP')
  await process.exited
  expect(process.exitCode).toBe(code)
})

test('given back, a signal is nobody’s', () => {
  const process = new FakeProcess()
  stopOnSignals(async () => ({ clean: true }), { process })()
  expect(process.eventNames()).toEqual([])
})
