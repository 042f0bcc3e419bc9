import { describe, expect, test } from 'vitest'
import { type ActorRef, type Children, createSupervisor, type End } from '../src/index.ts'
import { tree, type Worker } from './tree.ts'
import { turn } from './turn.ts'

const codeOf = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

describe('names', () => {
  test.each(['', 'a/b', 'a b', '\n', '\u0000', '🙂', 'x'.repeat(129), '../..'])('%j is INVALID', (name) => {
    const { root, worker } = tree()
    expect(codeOf(() => root.spawn<Worker>({ name, start: worker('x') }))).toBe('INVALID')
    expect(codeOf(() => root.supervise(name))).toBe('INVALID')
    expect(codeOf(() => createSupervisor({ name }))).toBe('INVALID')
  })

  test.each(['__proto__', 'constructor', 'größe-1', 'a.b:c@d+e~f_g'])('%s is a name', async (name) => {
    const { root, worker } = tree()
    const ref = root.spawn<Worker>({ name, start: worker(name) })
    expect(ref.name).toBe(`app/${name}`)
    expect(await ref.ask('work', 1)).toEqual({ ok: true, value: 1 })
    expect(codeOf(() => root.spawn<Worker>({ name, start: worker(name) }))).toBe('ALREADY_EXISTS')
  })
})

describe('children of an actor', () => {
  test('end before it and with each of its lives; that they escalate is its crash', async () => {
    const it = tree()
    let child: ActorRef<Worker> | undefined
    let kept: Children | undefined
    const parent = it.root.spawn<Worker>({
      name: 'parent',
      supervision: { restart: { atMost: 0 } },
      start(context) {
        kept ??= context.children
        child = context.children.spawn<Worker>({ name: 'child', start: it.worker('child') })
        return it.worker('parent')(context)
      },
    })
    const first = child
    expect(first?.name).toBe('app/parent/child')
    await first?.ask('crash', 'boom')
    await turn(2)
    expect(parent.state).toBe('restarting')
    expect(await first?.ended).toMatchObject({ actor: 'app/parent/child' })
    it.clock.advance(100)
    expect(parent.restarts).toBe(1)
    expect(child).not.toBe(first)
    expect(codeOf(() => kept?.spawn<Worker>({ name: 'late', start: it.worker('late') }))).toBe('CLOSED')
    it.diary.length = 0
    await it.root.stop()
    expect(it.diary).toEqual(['child stops (stop)', 'parent stops (stop)'])
  })
})

describe('death watch', () => {
  test('tells each watcher once, also one who comes late, and not one who left', async () => {
    const it = tree()
    const ref = it.root.spawn<Worker>({ name: 'a', start: it.worker('a') })
    const heard: string[] = []
    const hear = (who: string) => (end: End) => void heard.push(`${who}: ${end.actor} ${end.why}`)
    ref.watch(hear('one'))
    ref.watch(() => {
      throw new Error('watcher')
    })
    ref.watch(hear('left'))()
    await ref.stop()
    ref.watch(hear('late'))
    ref.watch(hear('left late'))()
    await turn()
    expect(heard).toEqual(['one: app/a stopped', 'late: app/a stopped'])
    expect(it.events).toContainEqual(expect.objectContaining({ type: 'hook-failed', hook: 'watch' }))
  })

  test('of a context ends with the life that began it', async () => {
    const it = tree()
    const watched = it.root.spawn<Worker>({ name: 'watched', start: it.worker('watched') })
    const heard: number[] = []
    const watcher = it.root.spawn<Worker>({
      name: 'watcher',
      start(context) {
        context.watch(watched, () => void heard.push(context.restarts))
        return it.worker('watcher')(context)
      },
    })
    await watcher.ask('crash', 'boom')
    await turn(2)
    it.clock.advance(100)
    await watched.stop()
    expect(heard).toEqual([1])
  })
})

describe('stop', () => {
  test('handles what is queued, the last spawned first, and calls each hook', async () => {
    const it = tree()
    const [a, b] = ['a', 'b'].map((name) => it.root.spawn<Worker>({ name, start: it.worker(name) }))
    const replies = [a?.ask('work', 1), b?.ask('work', 2)]
    expect(await it.root.stop()).toEqual({ closed: 0 })
    expect(await Promise.all(replies)).toMatchObject([{ ok: true }, { ok: true }])
    expect(it.diary.slice(2)).toEqual(['a handles 1', 'b handles 2', 'b stops (stop)', 'a stops (stop)'])
    expect(codeOf(() => it.root.spawn<Worker>({ name: 'c', start: it.worker('c') }))).toBe('CLOSED')
    expect(await it.root.ended).toEqual({ actor: 'app', why: 'stopped' })
  })

  test('waits for a start that is under way, and handles what waits for it', async () => {
    const it = tree()
    let open = (): void => undefined
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const start: Parameters<typeof it.root.spawn<Worker>>[0]['start'] = async (context) => {
      await opened
      return it.worker('a')(context)
    }
    const ref = it.root.spawn<Worker>({ name: 'a', start })
    const queued = ref.ask('work', 1)
    const stopping = ref.stop()
    expect(await ref.ask('work', 2)).toMatchObject({ error: { code: 'CLOSED' } })
    open()
    expect(await queued).toEqual({ ok: true, value: 1 })
    expect(await stopping).toEqual({ closed: 0 })
    expect(it.diary).toEqual(['a starts', 'a handles 1', 'a stops (stop)'])
  })

  test('what comes up only after the end is ended again', async () => {
    const it = tree()
    let open = (): void => undefined
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const ref = it.root.spawn<Worker>({
      name: 'a',
      start: async (context) => {
        await opened
        return it.worker('a')(context)
      },
    })
    const stopping = ref.stop({ drain: false, timeoutMs: 0 })
    await turn()
    it.clock.advance(5_000)
    await stopping
    expect(it.diary).toEqual([])
    open()
    await turn()
    expect(it.diary).toEqual(['a starts', 'a stops (crash)'])
  })

  test('in a pause before a restart closes the queue at once and leaves no timer', async () => {
    const it = tree()
    const ref = it.root.spawn<Worker>({ name: 'a', start: it.worker('a') })
    await ref.ask('crash', 'boom')
    const queued = ref.ask('work', 1)
    await turn()
    expect(it.clock.pendingTimers).toBe(1)
    expect(await ref.stop()).toEqual({ closed: 1 })
    expect(await queued).toMatchObject({ error: { code: 'CLOSED' } })
    expect(it.clock.pendingTimers).toBe(0)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('hook')
      },
    ],
    ['rejects', () => Promise.reject(new Error('hook'))],
    ['never ends', () => new Promise<void>(() => undefined)],
  ])('a hook that %s holds nothing up', async (_, stop) => {
    const it = tree()
    const other = it.root.spawn<Worker>({ name: 'other', start: it.worker('other') })
    it.root.spawn<Worker>({ name: 'a', start: (context) => ({ ...it.worker('a')(context), stop }) })
    const stopping = it.root.stop()
    await turn(2)
    it.clock.advance(5_000)
    await stopping
    expect(other.state).toBe('stopped')
    expect(it.events).toContainEqual(expect.objectContaining({ type: 'hook-failed', actor: 'app/a', hook: 'stop' }))
    expect(it.clock.pendingTimers).toBe(0)
  })

  test('a second call is quicker, and nobody is lost: whoever is not handled hears CLOSED', async () => {
    const it = tree()
    const [a, b] = ['a', 'b'].map((name) => it.root.spawn<Worker>({ name, start: it.worker(name) }))
    const asks = [a, b].map((ref) => [ref?.ask('hang', undefined), ref?.ask('work', 1)])
    await turn()
    const stopping = it.root.stop({ timeoutMs: 60_000 })
    await turn()
    void it.root.stop({ drain: false, timeoutMs: 10 })
    it.clock.advance(10)
    expect(await stopping).toEqual({ closed: 4 })
    expect(await Promise.all(asks.flat())).toMatchObject(Array(4).fill({ error: { code: 'CLOSED' } }))
    expect(it.clock.pendingTimers).toBe(0)
  })
})
