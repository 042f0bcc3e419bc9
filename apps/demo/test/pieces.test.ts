import { openState, type Spec } from 'stateward'
import { describe, expect, test } from 'vitest'
import { Acknowledgements, type Group } from '../src/acknowledgements.ts'
import { boardLines } from '../src/board.ts'
import { bookshop } from '../src/bookshop.ts'
import { Ledger } from '../src/ledger.ts'
import { palette } from '../src/paint.ts'
import { Progress } from '../src/progress.ts'
import { holds, type Proof, proofLines } from '../src/proof.ts'
import { quoted } from '../src/quoted.ts'
import { Screen, type Terminal } from '../src/screen.ts'
import { commands, tryNext } from '../src/try-next.ts'
import { freshFolder } from './run-demo.ts'

const paint = palette(false)

test('the plan names each piece of work once, and waits only for what stands before', () => {
  const names = bookshop.flatMap(({ work }) => work.map(({ name }) => name))
  expect(names).toHaveLength(31)
  expect(new Set(names).size).toBe(31)
  const before = bookshop.flatMap(({ work }) => work.flatMap(({ after }) => after))
  for (const name of before) expect(names).toContain(name)
  // One that fails for good must hold up nothing.
  const failing = bookshop.flatMap(({ work }) => work.filter(({ fails }) => fails === 'always'))
  for (const { name } of failing) expect(before).not.toContain(name)
})

describe('the ledger', () => {
  test('says what is missing, too old, or not as it was acknowledged', async () => {
    await using state = await openState(freshFolder())
    const plan = await state.plan.create({ name: 'P' })
    const spec = await state.spec.create({ plan_id: plan.id, name: 'S' })
    const ledger = new Ledger()
    const write = { type: 'spec', id: spec.id, rev: 1, status: 'draft' } as const
    ledger.add([{ type: 'plan', id: plan.id, rev: 1, status: 'draft' }, write], 2)
    expect(await ledger.compare(state)).toEqual({ records: 2, found: 2, lost: [] })
    await state.spec.update(spec.id, { status: 'pending' })
    expect((await ledger.compare(state)).lost).toEqual([])
    const cases = [
      [{ ...write, rev: 3 }, 'found rev 2'],
      [{ ...write, rev: 2, status: 'running' }, 'found status pending'],
      [{ ...write, id: '01900000-0000-7000-8000-000000000001' }, 'found nothing'],
      [{ ...write, rev: 2, status: 'pending', iteration: 3 }, 'found iteration undefined'],
    ] as const
    for (const [acknowledged, found] of cases) {
      const strict = new Ledger()
      strict.add([acknowledged], 1)
      expect(await strict.compare(state)).toMatchObject({
        records: 1,
        found: 0,
        lost: [expect.stringContaining(found)],
      })
    }
  })
})

test('acknowledgements of one turn are one message, and no update that changed nothing counts', async () => {
  const groups: Group[] = []
  const all = new Acknowledgements((group) => groups.push(group))
  all.known('a', 2)
  for (const rev of [2, 3, 4]) all.add({ type: 'spec', id: 'a', rev, status: 'running' })
  all.add({ type: 'spec', id: 'b', rev: 1, status: 'pending' })
  expect(groups).toEqual([])
  await new Promise(setImmediate)
  expect(groups).toMatchObject([
    {
      commits: 3,
      writes: [
        { id: 'a', rev: 4 },
        { id: 'b', rev: 1 },
      ],
    },
  ])
  all.flush()
  expect(groups).toHaveLength(1)
})

describe('the proof', () => {
  const good: Proof = {
    stats: {
      firstSeq: 1,
      lastSeq: 10,
      records: 3,
      recordsByType: { plan: 1, spec: 2, phase: 0 },
      segments: 2,
      bytes: 1_234,
      commits: 10,
      mailboxDepth: 0,
      garbageRatio: 0,
      memory: { rss: 1, heapUsed: 1, external: 0, arrayBuffers: 0 },
      memoryParts: { tables: 0, indexes: 0, cache: 0, mailbox: 0, histories: 0, feeds: 0, buffers: 0 },
      cache: { bytes: 0, maxBytes: 1, records: 0, hits: 0, misses: 0 },
      indexes: [],
      storage: 'jsonl',
      durability: 'commit',
      health: 'ok',
    },
    verified: {
      ok: true,
      storage: { ok: true, commits: 10, bytes: 1, unverified: 0, damage: [] },
      indexes: [],
      records: 3,
    },
    latency: { queries: 10, p50: 0.1, p99: 0.2 },
    comparison: { records: 3, found: 3, lost: [] },
    commitsAcknowledged: 8,
    kill: { pid: 1, acknowledged: 5, onDisk: 6, underWay: 3, tornBytes: 0 },
    writingMs: 2_000,
    burstRate: 9,
    ownRecords: 0,
    ownChanged: [],
    specs: { completed: 2, failed: 0, open: 0 },
  }

  test('holds only when nothing is missing', () => {
    expect(holds(good)).toBe(true)
    expect(proofLines(good, paint)[0]).toBe('What this run has proved')
    const bad: readonly Partial<Proof>[] = [
      { comparison: { records: 3, found: 2, lost: ['spec x: found nothing'] } },
      { kill: { ...good.kill, onDisk: 4 } },
      { verified: { ...good.verified, ok: false } },
      { ownRecords: 1, ownChanged: ['note n: was rev 1, found nothing'] },
      { specs: { completed: 1, failed: 0, open: 1 } },
    ]
    for (const part of bad) {
      expect(holds({ ...good, ...part })).toBe(false)
      expect(proofLines({ ...good, ...part }, paint)[0]).toBe('What this run has shown')
    }
    expect(proofLines({ ...good, ...bad[0] }, paint).at(-1)).toBe('  lost: spec x: found nothing')
  })

  test('every line fits a terminal of 80 columns', () => {
    for (const line of proofLines(good, paint)) expect(line.length).toBeLessThanOrEqual(80)
  })
})

describe('the board', () => {
  const progress = new Progress()
  const specs = bookshop.flatMap(({ name: area, work }) =>
    work.map(({ name }) => ({ id: name, name, area, status: 'pending', dependencies: [] as string[] })),
  )
  progress.load(specs as unknown as readonly Spec[], [])
  progress.take([{ type: 'spec', id: 'Repository', rev: 2, status: 'running', worker: 2 }], 5, 3)
  const options = { title: 'Six workers', elapsedMs: 1_234, rate: 1_234.5, paint }

  test('fits the terminal: every spec where there is room, otherwise one line an area', () => {
    for (const columns of [80, 100, 200]) {
      for (const rows of [17, 24, 30, 60]) {
        const lines = boardLines(progress, { ...options, columns, rows })
        expect(lines.length).toBeLessThan(rows)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
      }
    }
    const full = boardLines(progress, { ...options, columns: 100, rows: 30 }).join('\n')
    expect(full).toContain(' ▶ Repository')
    expect(full).toContain('worker 3')
    expect(boardLines(progress, { ...options, columns: 80, rows: 24 }).join('\n')).toContain('Foundation    ▶ ○ ○ ○ ○')
    expect(full).toContain('0 of 31 completed · 0 failed · 1 running · 30 ready · 0 waiting')
    expect(full).toContain('5 commits acknowledged · 1 235 a second · 3 writes under way')
  })

  test('is redrawn in place, and left with the cursor shown', () => {
    let text = ''
    const write = (chunk: string): void => {
      text += chunk
    }
    const terminal = { isTTY: true, columns: 100, rows: 30, write }
    const screen = new Screen(terminal as unknown as Terminal)
    expect(screen.isLive).toBe(true)
    screen.draw(['a', 'b'])
    screen.draw(['c', 'd'])
    screen.leave()
    expect(text).toBe('\u001b[?25l\r\u001b[2Ka\n\u001b[2Kb\n\u001b[2A\r\u001b[2Kc\n\u001b[2Kd\n\u001b[?25h')
    const narrow = { ...terminal, columns: 79 }
    expect(new Screen(narrow as unknown as Terminal).isLive).toBe(false)
  })
})

test('commands can be pasted, whatever the directory is called', () => {
  expect(quoted('plain/path-1.2')).toBe('plain/path-1.2')
  expect(quoted("it's here")).toBe("'it'\\''s here'")
  for (const command of commands('my dir', '01900000-0000-7000-8000-00000000abcd'))
    expect(command).toContain("--dir 'my dir'")
  const lines = tryNext({ dir: 'd', specId: 'x', lines: ['{'.padEnd(300, 'x')], columns: 80, paint })
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
})
