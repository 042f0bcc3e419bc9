import type { Caps, LogWriter, StatewardError } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DecidedCommit } from '../src/deciding/decided.ts'
import { LogPump } from '../src/writing/log-pump.ts'
import { runs } from './runs.ts'
import { type StrictFate, StrictWriter } from './strict-writer.ts'
import { turns } from './turns.ts'

interface Sent {
  readonly name: string
  readonly commits: number
  settled: number
  error: StatewardError | undefined
  /** What was applied when it was settled. */
  applied: readonly string[]
}

class World {
  readonly writer: StrictWriter
  readonly pump: LogPump
  readonly applied: string[] = []
  readonly sent: Sent[] = []
  waits: number[] = []
  forgotten = 0
  /** Of each piece that was taken into memory, how many commits it had. */
  pieces: number[] = []

  constructor(fates: readonly StrictFate[], unknown: Caps['unknown'], maxBatchRecords = 3) {
    this.writer = new StrictWriter(fates, unknown === 'resolve')
    this.pump = new LogPump({
      // The pump only appends.
      writer: { append: (...args: Parameters<LogWriter['append']>) => this.append(...args) } as unknown as LogWriter,
      caps: { ...memoryStorage().caps, unknown, maxBatchRecords, maxBatchBytes: maxBatchRecords * 14 },
      lastSeq: 0,
      nonce: 'n',
      apply: (commits) => {
        this.pieces.push(commits.length)
        for (const { bytes } of commits) this.applied.push(Buffer.from(bytes).toString())
      },
      // Others have a turn now and then, as where pieces have gone on for long.
      turn: () => (this.pieces.length % 3 === 2 ? turns(1) : undefined),
      forget: () => {
        this.forgotten++
      },
      stopped: () => undefined,
      wait: async (ms) => {
        this.waits.push(ms)
      },
    })
  }

  append(...args: Parameters<LogWriter['append']>): ReturnType<LogWriter['append']> {
    if (this.pump.failure !== undefined) this.writer.complaints.push('an append came after writes had stopped')
    return this.writer.append(...args)
  }

  /** Hands over writes of so many commits each, as the actor does. */
  submit(sizes: readonly number[]): void {
    let seq = this.pump.planned
    const writes = sizes.map((size) => {
      const one: Sent = { name: `w${this.sent.length}`, commits: size, settled: 0, error: undefined, applied: [] }
      this.sent.push(one)
      const commits = Array.from({ length: size }, (_, at): DecidedCommit => {
        seq++
        return {
          seq,
          timestamp: '',
          bytes: Buffer.from(`${one.name}.${at}`.padEnd(10)),
          changes: [],
          txid: undefined,
          proposed: undefined,
          results: [],
        }
      })
      return {
        commits,
        durability: 'commit' as const,
        settle: (error: unknown) => {
          one.settled++
          one.error = error as StatewardError | undefined
          one.applied = [...this.applied]
        },
      }
    })
    this.pump.submit(writes)
  }

  linesOf({ name }: Sent, lines: readonly string[]): number {
    return lines.filter((line) => line.startsWith(`${name}.`)).length
  }

  check(unknown: Caps['unknown']): void {
    expect(this.writer.complaints).toEqual([])
    expect(this.writer.mostInFlight).toBeLessThanOrEqual(unknown === 'resolve' ? 1 : 30)
    expect(this.sent.map(({ settled }) => settled)).toEqual(this.sent.map(() => 1))
    expect(this.applied).toEqual(this.writer.log.slice(0, this.applied.length))
    const isUnknown = this.sent.some(({ error }) => error?.code === 'UNKNOWN')
    if (!isUnknown) expect(this.applied).toEqual(this.writer.log)
    for (const one of this.sent) this.checkOne(one)
  }

  checkOne(one: Sent): void {
    if (one.error === undefined) {
      expect(this.linesOf(one, one.applied)).toBe(one.commits)
      return
    }
    const landed = one.error.details.landed ?? 0
    if (one.error.code !== 'UNKNOWN')
      expect([one.error.code, this.linesOf(one, this.writer.log)]).toEqual([one.error.code, landed])
    expect(this.linesOf(one, this.applied)).toBe(landed)
    expect(one.error.code).not.toBe('FENCED')
  }
}

const fate: fc.Arbitrary<StrictFate> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3).map((slowness) => ({ slowness })) },
  { weight: 2, arbitrary: fc.nat(3).map((slowness) => ({ slowness, code: 'FULL' as const })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(3), fc.boolean())
      .map(([slowness, lands]) => ({ slowness, code: 'UNKNOWN' as const, lands })),
  },
)
const plan = fc.array(
  fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
    pause: fc.nat(4),
    flush: fc.boolean(),
    isHeld: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
)

async function carryOut(
  world: World,
  submissions: readonly { sizes: number[]; pause: number; flush: boolean; isHeld: boolean }[],
): Promise<void> {
  const flushes: Promise<unknown>[] = []
  for (const { sizes, pause, flush, isHeld } of submissions) {
    // The actor asks for room before it decides, and decides nothing once writes have stopped.
    await world.pump.room()
    if (world.pump.failure !== undefined) break
    if (isHeld) world.pump.hold()
    for (const size of sizes) {
      world.submit([size])
      // The actor decides on in another turn, while what it has decided is held, and on nothing once writes have stopped.
      if (isHeld) await turns(pause % 2)
      if (world.pump.failure !== undefined) break
    }
    if (flush) flushes.push(world.pump.flush().catch(() => undefined))
    world.pump.release()
    await turns(pause)
  }
  await Promise.all(flushes)
  await world.pump.drained()
}

test.each(['stop', 'resolve'] as const)('every write is told the truth, whatever appends do (%s)', async (unknown) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 20 }), plan, async (fates, submissions) => {
      const world = new World(fates, unknown)
      await carryOut(world, submissions)
      world.check(unknown)
    }),
    { numRuns: runs(150) },
  )
})

test('a submission comes while an older failure is still on its way through those behind it', async () => {
  // Three appends in flight; the first fails at once, the others take their time to follow it.
  const world = new World([{ slowness: 0, code: 'FULL' }, { slowness: 3 }, { slowness: 3 }], 'stop')
  world.submit([3, 3, 3])
  while (world.sent[0]?.settled === 0) await turns(1)
  world.submit([1])
  await world.pump.drained()
  world.check('stop')
  expect(world.sent.map(({ error }) => error?.code)).toEqual(['FULL', 'BUSY', 'BUSY', undefined])
})

test('what is held goes to the storage in one turn, when it is released, and a barrier behind it', async () => {
  const world = new World([], 'stop')
  world.pump.hold()
  world.submit([2])
  await turns(2)
  world.submit([1])
  const flushed = world.pump.flush()
  await turns(2)
  expect(world.writer.calls).toEqual([])
  world.pump.release()
  await Promise.resolve()
  expect(world.writer.calls.map(({ expectedSeq }) => expectedSeq)).toEqual([0, 2, 3])
  await flushed
  world.check('stop')
})

test('what is held behind an append that fails is told so, and nothing of it is sent', async () => {
  const world = new World([{ slowness: 1, code: 'FULL' }], 'stop')
  world.submit([1])
  world.pump.hold()
  world.submit([1])
  while (world.sent[0]?.settled === 0) await turns(1)
  expect(world.pump.planned).toBe(0)
  world.submit([1])
  world.pump.release()
  await world.pump.drained()
  world.check('stop')
  expect(world.sent.map(({ error }) => error?.code)).toEqual(['FULL', 'BUSY', undefined])
  expect(world.writer.calls).toHaveLength(2)
})

test('few commits are taken into memory at once, and nobody is told before all of a write are there', async () => {
  const world = new World([], 'stop', 100)
  world.submit(Array.from({ length: 20 }, () => 1))
  world.submit([3])
  await world.pump.drained()
  world.check('stop')
  expect(world.writer.calls).toHaveLength(2)
  expect(world.pieces).toEqual([8, 8, 4, 3])
})

test('room is made when the first append is done, not the last', async () => {
  const world = new World([{ slowness: 1 }, { slowness: 40 }], 'stop')
  world.submit([1])
  world.submit([1])
  await world.pump.room()
  expect(world.sent.map(({ settled }) => settled)).toEqual([1, 0])
  await world.pump.drained()
})

test('an unknown outcome is asked about twenty times, ever less often, and then told', async () => {
  const world = new World(
    Array.from({ length: 20 }, () => ({ slowness: 0, code: 'UNKNOWN' as const })),
    'resolve',
  )
  world.submit([1])
  await world.pump.drained()
  expect(world.sent[0]?.error?.code).toBe('UNKNOWN')
  expect(new Set(world.writer.calls.map(({ commitId }) => commitId)).size).toBe(1)
  expect(world.waits).toEqual([10, 20, 40, 80, 160, 320, 640, ...Array.from({ length: 12 }, () => 1_000)])
  expect(world.pump.failure?.code).toBe('UNKNOWN')
})

test('what waits behind an unknown outcome is not sent when it stays unknown', async () => {
  const fates = Array.from({ length: 20 }, () => ({ slowness: 0, code: 'UNKNOWN' as const, lands: true }))
  const world = new World(fates, 'resolve')
  world.submit([3, 1])
  await world.pump.drained()
  expect(world.sent.map(({ error }) => error?.code)).toEqual(['UNKNOWN', 'BUSY'])
  // Sent all the same it would land, and memory would hold it without what came before.
  expect(world.writer.log).toHaveLength(3)
  expect(world.applied).toEqual([])
})

test('a write of several appends is told its own reason, and how much of it landed', async () => {
  const world = new World([{ slowness: 0 }, { slowness: 0, code: 'FULL' }], 'stop')
  world.submit([8])
  await world.pump.drained()
  expect(world.sent[0]?.error).toMatchObject({ code: 'FULL', details: { landed: 3, commits: 8 } })
  expect(world.sent[0]?.error?.message).toContain('3 of the 8 commits of this write are in the log all the same')
  expect(world.pump.planned).toBe(3)
})

test("a barrier that is refused takes nothing back, and what follows it is not taken for an intruder's", async () => {
  const fates: StrictFate[] = [{ slowness: 0 }, { slowness: 1, code: 'FULL' }, { slowness: 0 }]
  const world = new World(fates, 'stop')
  world.submit([1])
  const flushing = world.pump.flush().catch(({ code }: StatewardError) => code)
  world.submit([1])
  expect(await flushing).toBe('FULL')
  await world.pump.drained()
  world.check('stop')
  // Called behind the barrier, so it failed with it.
  expect(world.sent.map(({ error }) => error?.code)).toEqual([undefined, 'BUSY'])
  world.submit([1])
  await world.pump.drained()
  expect([world.sent[2]?.error, world.pump.failure]).toEqual([undefined, undefined])
})

test('a barrier follows the appends before it, and proves the level that is strongest', async () => {
  const world = new World([{ slowness: 3 }, { slowness: 0 }], 'resolve')
  world.submit([2])
  await world.pump.flush()
  expect(world.sent[0]?.settled).toBe(1)
  expect(world.writer.calls.map(({ expectedSeq, durability }) => [expectedSeq, durability])).toEqual([
    [0, 'commit'],
    [2, 'commit'],
  ])
})
