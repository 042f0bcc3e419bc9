import { describe, expect, test } from 'vitest'
import type { ActorRef, Directive } from '../src/index.ts'
import { type Tree, tree, type Worker } from './tree.ts'
import { turn } from './turn.ts'

const failed = { ok: false, error: { code: 'UNKNOWN', retryable: false, cause: { message: 'boom' } } }
const closed = { ok: false, error: { code: 'CLOSED' } }

function spawn({ root, worker }: Tree, name: string): ActorRef<Worker> {
  return root.spawn<Worker>({ name, start: worker(name) })
}

/** A worker that has counted to 1, then crashes with one message behind the crash. */
async function crashed(
  with_: Tree,
): Promise<{ ref: ActorRef<Worker>; inHand: Promise<unknown>; queued: Promise<unknown> }> {
  const ref = spawn(with_, 'a')
  await ref.ask('work', 1)
  const inHand = ref.ask('crash', 'boom')
  const queued = ref.ask('work', 10)
  await turn(2)
  return { ref, inHand, queued }
}

describe('a child that crashes', () => {
  test('restart: the message in hand is UNKNOWN, the queue waits for a fresh state', async () => {
    const it = tree()
    const { ref, inHand, queued } = await crashed(it)
    expect(await inHand).toMatchObject(failed)
    expect(ref.state).toBe('restarting')
    const late = ref.ask('work', 100)
    it.clock.advance(99)
    await turn()
    expect(it.diary).toEqual(['a starts', 'a handles 1', 'a stops (crash)'])
    it.clock.advance(1)
    expect(await Promise.all([queued, late])).toEqual([
      { ok: true, value: 10 },
      { ok: true, value: 110 },
    ])
    expect(ref.restarts).toBe(1)
    expect(it.events.map(({ type }) => type)).toEqual(['started', 'crashed', 'restarting', 'started'])
    await it.root.stop()
    expect(it.clock.pendingTimers).toBe(0)
  })

  test('resume: it goes on with the state it had', async () => {
    const it = tree({ decide: () => 'resume' })
    const { inHand, queued } = await crashed(it)
    expect(await inHand).toMatchObject(failed)
    expect(await queued).toEqual({ ok: true, value: 11 })
    expect(it.diary).not.toContain('a stops (crash)')
  })

  test('stop: whoever waits hears CLOSED, what waits is a dead letter, who watches is told why', async () => {
    const it = tree({ decide: () => 'stop' })
    const { ref, inHand, queued } = await crashed(it)
    expect(await inHand).toMatchObject(failed)
    expect(await queued).toMatchObject(closed)
    expect(await ref.ended).toMatchObject({ actor: 'app/a', why: 'crashed', error: { message: 'boom' } })
    expect(await ref.ask('work', 1)).toMatchObject(closed)
    expect(it.deadLetters.list()).toMatchObject([{ reason: 'closed', body: 10 }, { reason: 'stopped' }])
    expect(it.root.childNames).toEqual([])
    expect(it.root.state).toBe('running')
    expect(spawn(it, 'a').state).toBe('running')
  })

  test('escalate: at the root everything is ended', async () => {
    const it = tree({ decide: () => 'escalate' })
    const other = spawn(it, 'other')
    const { inHand, queued } = await crashed(it)
    expect(await Promise.all([inHand, queued])).toMatchObject([failed, closed])
    expect(await it.root.ended).toMatchObject({ actor: 'app', why: 'crashed', error: { message: 'boom' } })
    expect(await other.ended).toMatchObject({ why: 'crashed' })
    expect(it.diary.slice(-2)).toEqual(['a stops (crash)', 'other stops (crash)'])
    expect(it.clock.pendingTimers).toBe(0)
  })

  test('a decision that is none is an escalation', async () => {
    const nonsense: Directive[] = JSON.parse('["explode"]')
    const it = tree({ decide: () => nonsense[0] ?? 'stop' })
    const { queued } = await crashed(it)
    expect(await queued).toMatchObject(closed)
    expect((await it.root.ended).why).toBe('crashed')
  })

  test.each(['startTimeoutMs', 'handleTimeoutMs', 'stopTimeoutMs'])('%s that is no time is INVALID', (option) => {
    const { root, worker } = tree()
    const options = { name: 'a', start: worker('a'), [option]: Number.NaN }
    expect(() => root.spawn<Worker>(options)).toThrow(expect.objectContaining({ code: 'INVALID' }))
    expect(root.childNames).toEqual([])
  })

  test('a decision that throws is an escalation', async () => {
    const it = tree({
      decide: () => {
        throw new Error('cannot decide')
      },
    })
    await crashed(it)
    expect((await it.root.ended).why).toBe('crashed')
    expect(it.events).toContainEqual(expect.objectContaining({ type: 'hook-failed', hook: 'decide' }))
  })

  test('deadlines and signals count while it restarts', async () => {
    const it = tree()
    const { ref } = await crashed(it)
    const controller = new AbortController()
    const late = ref.ask('work', 1, { timeoutMs: 50 })
    const aborted = ref.ask('work', 1, { signal: controller.signal })
    controller.abort()
    it.clock.advance(50)
    expect(await late).toMatchObject({ error: { code: 'TIMEOUT', retryable: true } })
    expect(await aborted).toMatchObject({ error: { code: 'ABORTED' } })
  })
})

describe('one-for-all', () => {
  test('all are ended, the last first, and begun in order; what the others have in hand is finished', async () => {
    const it = tree({ strategy: 'one-for-all' })
    const [a, b] = [spawn(it, 'a'), spawn(it, 'b')]
    let finish = (): void => undefined
    type Slow = { slow: { ask: string; answer: string } }
    const slow = it.root.spawn<Slow>({
      name: 'slow',
      start: () => ({
        handlers: {
          slow: (text) =>
            new Promise((resolve) => {
              finish = () => resolve(text)
            }),
        },
        stop: () => void it.diary.push('slow stops'),
      }),
    })
    const inHand = slow.ask('slow', 'in hand')
    const queued = slow.ask('slow', 'queued')
    await turn()
    await b.ask('crash', 'boom')
    expect([a.state, slow.state]).toEqual(['restarting', 'restarting'])
    it.diary.length = 0
    const waits = a.ask('work', 5)
    finish()
    expect(await inHand).toEqual({ ok: true, value: 'in hand' })
    await turn()
    it.clock.advance(100)
    expect(await waits).toEqual({ ok: true, value: 5 })
    finish()
    expect(await queued).toEqual({ ok: true, value: 'queued' })
    expect(it.diary).toEqual([
      ...['slow stops', 'b stops (crash)', 'a stops (crash)'],
      ...['a starts again (1)', 'b starts again (1)', 'a handles 5'],
    ])
    await it.root.stop()
    expect(it.clock.pendingTimers).toBe(0)
  })

  test('what a sibling has in hand for too long is given up: UNKNOWN, and its answer comes too late', async () => {
    const it = tree({ strategy: 'one-for-all' })
    const [a, b] = [spawn(it, 'a'), spawn(it, 'b')]
    const stuck = b.ask('hang', undefined)
    await turn()
    await a.ask('crash', 'boom')
    it.clock.advance(5_000)
    expect(await stuck).toMatchObject(failed)
    await turn()
    it.clock.advance(100)
    expect(await b.ask('work', 3)).toEqual({ ok: true, value: 3 })
  })
})

describe('restarts', () => {
  test('are bounded: pauses grow, and after the last there is an escalation', async () => {
    const it = tree({ restart: { atMost: 3, withinMs: 60_000, backoffMs: 10, maxBackoffMs: 30, jitter: 0 } })
    const ref = spawn(it, 'a')
    for (let crash = 0; crash < 4; crash++) {
      await ref.ask('crash', 'boom')
      await turn(2)
      it.clock.advance(30)
    }
    const pauses = it.events.flatMap((event) => (event.type === 'restarting' ? [event.pauseMs] : []))
    expect(pauses).toEqual([10, 20, 30])
    expect(await it.root.ended).toMatchObject({ why: 'crashed' })
    expect(it.events).toContainEqual(expect.objectContaining({ type: 'escalated', actor: 'app' }))
  })

  test('that lie further back than the window do not count', async () => {
    const it = tree({ restart: { atMost: 1, withinMs: 1_000 } })
    const ref = spawn(it, 'a')
    for (let crash = 0; crash < 5; crash++) {
      await ref.ask('crash', 'boom')
      await turn(2)
      it.clock.advance(1_000)
      await turn()
    }
    expect(ref.state).toBe('running')
    expect(ref.restarts).toBe(5)
  })

  test('a start that fails or never ends is a crash; what waited is handled by the one that succeeds', async () => {
    const it = tree()
    let attempt = 0
    const ref = it.root.spawn<Worker>({
      name: 'a',
      start(context) {
        attempt++
        if (attempt === 1) throw new Error('no disk')
        if (attempt === 2) return Promise.reject(new Error('no net'))
        if (attempt === 3) return new Promise(() => undefined)
        return it.worker('a')(context)
      },
    })
    const waits = ref.ask('work', 1)
    for (let step = 0; step < 6; step++) {
      await turn(2)
      it.clock.advance(step === 3 ? 30_000 : 400)
      it.clock.advance(5_000)
    }
    expect(await waits).toEqual({ ok: true, value: 1 })
    const errors = it.events.flatMap((event) => (event.type === 'crashed' ? [event.error] : []))
    expect(errors).toMatchObject([{ message: 'no disk' }, { message: 'no net' }, { code: 'TIMEOUT' }])
  })

  test('a handler that never returns is a crash where there is a limit, and its signal is aborted', async () => {
    const it = tree()
    let signal: AbortSignal | undefined
    const ref = it.root.spawn<Worker>({
      name: 'a',
      handleTimeoutMs: 500,
      start(context) {
        signal ??= context.signal
        return it.worker('a')(context)
      },
    })
    const hung = ref.ask('hang', undefined)
    const queued = ref.ask('work', 7)
    await turn()
    it.clock.advance(500)
    expect(await hung).toMatchObject({ error: { code: 'UNKNOWN', cause: { code: 'TIMEOUT' } } })
    await turn()
    it.clock.advance(100)
    expect(await queued).toEqual({ ok: true, value: 7 })
    expect(signal?.aborted).toBe(true)
    await it.root.stop()
    expect(it.clock.pendingTimers).toBe(0)
  })
})

test.each<[Directive, string]>([
  ['restart', 'restarting'],
  ['stop', 'stopped'],
])('a branch whose children crash too often escalates to its parent, who decides: %s', async (directive, state) => {
  const it = tree({ decide: () => directive })
  const branch = it.root.supervise('branch', { restart: { atMost: 0 } })
  const [a, b] = [spawn({ ...it, root: branch }, 'a'), spawn({ ...it, root: branch }, 'b')]
  const queued = b.ask('hang', undefined)
  await turn()
  await a.ask('crash', 'boom')
  it.clock.advance(5_000)
  await turn(2)
  expect(branch.state).toBe(state)
  expect(await queued).toMatchObject({ ok: false })
  it.clock.advance(100)
  const reply = await b.ask('work', 2)
  expect(reply.ok).toBe(directive === 'restart')
  expect(a.name).toBe('app/branch/a')
  await it.root.stop()
  expect(it.clock.pendingTimers).toBe(0)
})
