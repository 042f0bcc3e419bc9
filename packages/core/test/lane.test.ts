import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Lane } from '../src/scheduling/lane.ts'
import { codeOf } from './code-of.ts'
import { runs } from './runs.ts'
import { turns } from './turns.ts'

const patience = { options: {}, setTimer: () => () => undefined, what: 'create' }
const never = new Promise<void>(() => undefined)

test('whoever waits is sent away by close, and the line is empty then', async () => {
  const lane = new Lane(10)
  const gone: string[] = []
  const waiting = [never, undefined, Promise.resolve()].map((ready, n) =>
    lane.pass(ready, async () => gone.push(`${n}`), patience),
  )
  const codes = Promise.all(waiting.map(codeOf))
  lane.close()
  expect(await codes).toEqual(['CLOSED', 'CLOSED', 'CLOSED'])
  await lane.empty()
  expect(gone).toEqual([])
  expect(await lane.pass(undefined, async () => 'at once', patience)).toBe('at once')
})

test('calls go in their order, each once, however long they wait and whoever fails or gives up', async () => {
  const call = fc.record({
    waits: fc.option(fc.nat(5)),
    fails: fc.boolean(),
    gives: fc.option(fc.nat(5)),
    pause: fc.nat(2),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
      const lane = new Lane(20)
      const gone: number[] = []
      const outcomes: Promise<string>[] = []
      for (const [n, { waits, fails, gives, pause }] of calls.entries()) {
        const ready =
          waits === null
            ? undefined
            : turns(waits).then(() => {
                if (fails) throw Object.assign(new Error('no'), { code: 'INVALID', retryable: false })
              })
        const abort = new AbortController()
        if (gives !== null) void turns(gives).then(() => abort.abort())
        const passing = lane.pass(ready, async () => gone.push(n), { ...patience, options: { signal: abort.signal } })
        outcomes.push(codeOf(passing))
        await turns(pause)
      }
      const codes = await Promise.all(outcomes)
      await lane.empty()
      const passed = codes.flatMap((code, n) => (code === 'none' ? [n] : []))
      expect(gone).toEqual(passed)
      for (const [n, code] of codes.entries()) {
        const { waits, fails, gives } = calls[n] ?? {}
        const allowed = [
          'none',
          ...(gives === null ? [] : ['ABORTED']),
          ...(fails && waits !== null ? ['INVALID'] : []),
        ]
        expect(allowed).toContain(code)
        if (fails && waits !== null) expect(code).not.toBe('none')
      }
    }),
    { numRuns: runs(100) },
  )
})
