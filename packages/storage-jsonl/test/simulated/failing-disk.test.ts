import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  boot,
  failure,
  type SimCall,
  SimClock,
  type SimFault,
  SimMedium,
  type SimStep,
  seededPick,
} from '@stateward/conformance'
import { type ErrorCode, hasCode, type LogWriter, type StorageEvent } from '@stateward/contract'
import { expect, test } from 'vitest'
import type { JsonlStorageOptions } from '../../src/index.ts'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const log = '/store/log-00000001.jsonl'
const first = [1, 2, 3].map((name) => recordOf(name))
const texts = first.map(textOf)

interface Opened {
  readonly medium: SimMedium
  readonly writer: LogWriter
  readonly events: StorageEvent[]
  /** Lets a second pass, and what that sets going come to its end. */
  second(): Promise<void>
}

async function opened(
  options: Partial<JsonlStorageOptions> = {},
  medium: SimMedium = new SimMedium(),
): Promise<Opened> {
  const clock = new SimClock()
  const events: StorageEvent[] = []
  const storage = simStorage(boot(medium), { clock, timers: clock, ...options })
  const { writer } = await storage.openWriter('test', { notify: (event) => events.push(event) })
  await append(writer, first)
  const second = async (): Promise<void> => {
    clock.pass(1_000)
    await nextTurn()
  }
  return { medium, writer, events, second }
}

/** Lets the next steps of these kinds fail, in this order; every other step works. */
function script(medium: SimMedium, ...faults: readonly [SimStep['operation'], SimFault][]): void {
  const left = [...faults]
  medium.onStep = ({ operation }) => {
    if (left[0]?.[0] !== operation) return undefined
    return left.shift()?.[1]
  }
}

/** Three appends at once; resolves with what each was told. */
async function three(writer: LogWriter, tail = 3): Promise<(ErrorCode | number)[]> {
  const outcomes = await Promise.allSettled(
    [0, 1, 2].map((index) =>
      writer.append([recordOf(`new ${index}`)], {
        expectedSeq: tail + index,
        commitId: `c${index}`,
        durability: 'commit',
      }),
    ),
  )
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return outcome.value.lastSeq
    if (outcome.reason instanceof Error && 'code' in outcome.reason) return outcome.reason.code as ErrorCode
    throw outcome.reason
  })
}

async function next(medium: SimMedium) {
  return simStorage(boot(medium)).openWriter('next')
}

test.each<[string, readonly [SimStep['operation'], SimFault][]]>([
  ['says so at once', [['write', { fail: 'ENOSPC' }]]],
  [
    'takes a part first',
    [
      ['write', { short: 40 }],
      ['write', { fail: 'ENOSPC' }],
    ],
  ],
  [
    'takes a part and then nothing',
    [
      ['write', { short: 40 }],
      ['write', { short: 0 }],
    ],
  ],
  [
    'is one of quotas',
    [
      ['write', { short: 1 }],
      ['write', { fail: 'EDQUOT' }],
    ],
  ],
])(
  'a full disk that %s refuses all that waits, leaves no torn line, and takes appends again when there is room',
  async (_, faults) => {
    const { medium, writer, events, second } = await opened()
    const { size } = medium.file(log)
    script(medium, ...faults)
    expect(await three(writer)).toEqual(['FULL', 'FULL', 'FULL'])
    expect(medium.file(log).size).toBe(size)
    const { steps } = medium
    expect(await three(writer), 'refused at once, the rest of the turn behind it').toEqual(['FULL', 'FULL', 'FULL'])
    expect(medium.steps, 'without a try').toBe(steps)
    expect((await writer.stats()).health).toBe('full')
    await second()
    expect(events.map(({ kind }) => kind)).toEqual(['full', 'resumed'])
    expect((await writer.stats()).health).toBe('ok')
    expect(await three(writer)).toEqual([4, 5, 6])
    expect(await readAll(writer)).toHaveLength(6)
    const { recovery } = await next(medium.afterPowerCut(seededPick(1)))
    expect(recovery).toMatchObject({ lastSeq: 6, quarantined: [] })
  },
)

test('a sync that fails is UNKNOWN and stops the writer; reads go on; recovery writes the lines again, into another file', async () => {
  const { medium, writer } = await opened()
  script(medium, ['datasync', { fail: 'EIO' }])
  expect(await three(writer)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN'])
  await expect(append(writer, first)).rejects.toMatchObject({ code: 'STORAGE_FAILED', retryable: false })
  await expect(writer.saveBase(3, (async function* () {})())).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  expect(await readAll(writer)).toEqual(texts)
  const { steps } = medium
  await writer.close()
  expect(medium.steps - steps, 'a writer that has stopped writes nothing more, and takes its LOCK away').toBe(1)

  const { writer: second, recovery } = await next(medium)
  expect(recovery).toMatchObject({ clean: false, lastSeq: 6 })
  const served = await readAll(second)
  // The pages of the failed sync are called clean: only what is written again, elsewhere, is there after a power cut.
  const { writer: third } = await next(medium.afterPowerCut(seededPick(2)))
  expect(await readAll(third)).toEqual(served)
})

test('what was appended while a sync that fails was in flight is STORAGE_FAILED: it was never written', async () => {
  const { medium, writer } = await opened()
  let waiting: Promise<unknown>[] = []
  medium.onStep = ({ operation }) => {
    if (operation !== 'datasync' || waiting.length > 0) return undefined
    const later = { expectedSeq: 4, commitId: 'later', durability: 'commit' } as const
    waiting = [writer.append([recordOf('later')], later).catch((error: unknown) => error)]
    return { fail: 'EIO' }
  }
  await expect(append(writer, [recordOf('flight')])).rejects.toMatchObject({ code: 'UNKNOWN' })
  expect(await Promise.all(waiting)).toMatchObject([{ code: 'STORAGE_FAILED' }])
  const { writer: second } = await next(medium)
  expect(await readAll(second)).toEqual([...texts, textOf(recordOf('flight'))])
})

test.each<[string, readonly [SimStep['operation'], SimFault][]]>([
  ['a write that fails for another reason', [['write', { fail: 'EIO' }]]],
  [
    'a cut that fails',
    [
      ['write', { fail: 'ENOSPC' }],
      ['truncate', { fail: 'EIO' }],
    ],
  ],
  [
    'a cut that cannot be synced',
    [
      ['write', { short: 9 }],
      ['write', { fail: 'ENOSPC' }],
      ['datasync', { fail: 'EIO' }],
    ],
  ],
])('%s is UNKNOWN and stops the writer', async (_, faults) => {
  const { medium, writer } = await opened()
  script(medium, ...faults)
  expect(await three(writer)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN'])
  await expect(append(writer, first)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  const { writer: second } = await next(medium)
  expect((await readAll(second)).slice(0, 3)).toEqual(texts)
})

test('a disk too full for a new segment is FULL, and the old one goes on when there is room', async () => {
  const { medium, writer, second } = await opened({ segmentBytes: 4_096 })
  const big = recordOf('big', 3_000)
  medium.onStep = ({ operation }) => (operation === 'create' ? { fail: 'ENOSPC' } : undefined)
  await expect(append(writer, [big])).rejects.toMatchObject({ code: 'FULL' })
  await second()
  await append(writer, [recordOf('fits')])
  medium.onStep = () => undefined
  await append(writer, [big])
  expect(await readAll(writer)).toEqual([...texts, textOf(recordOf('fits')), textOf(big)])
  expect((await writer.stats()).segments).toBe(2)
})

test('a full disk does not keep a writer from closing', async () => {
  const { medium, writer } = await opened()
  medium.onStep = ({ operation }) => (operation === 'write' || operation === 'create' ? { fail: 'ENOSPC' } : undefined)
  await writer.close()
  medium.onStep = () => undefined
  expect((await next(medium)).recovery).toMatchObject({ clean: false, lastSeq: 3 })
})

test('a full disk leaves the former base, and the writer at work', async () => {
  const { medium, writer } = await opened()
  medium.onStep = ({ operation, path }) =>
    operation === 'write' && path.includes('base-') ? { fail: 'ENOSPC' } : undefined
  const rows = async function* () {
    yield { seqs: [1], records: [recordOf('row')] }
  }
  await expect(writer.saveBase(3, rows())).rejects.toMatchObject({ code: 'FULL' })
  expect([...medium.files().keys()].filter((path) => path.includes('base-'))).toEqual([])
  medium.onStep = () => undefined
  await append(writer, first)
  await writer.saveBase(6, rows())
  expect((await writer.loadBase())?.upTo).toBe(6)
})

test('a base that does not read back as it was written is CORRUPT and never published', async () => {
  const { medium, writer } = await opened()
  medium.onStep = ({ operation, path }) =>
    operation === 'write' && path.includes('base-') ? { skip: true } : undefined
  const rows = async function* () {
    yield { seqs: [1], records: [recordOf('row')] }
  }
  await expect(writer.saveBase(3, rows())).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(await writer.loadBase()).toBeUndefined()
  medium.onStep = () => undefined
  await append(writer, first)
})

test('a failed opening says what to do and gives the lock back', async () => {
  const { medium, writer } = await opened()
  await writer.close()
  for (const [code, word] of [
    ['EACCES', 'right to read and write'],
    ['EROFS', 'mounted read-only'],
    ['EMFILE', 'ulimit'],
  ] as const) {
    medium.onStep = ({ operation }) => (operation === 'create' ? { fail: code } : undefined)
    const failure: unknown = await next(medium).catch((error: unknown) => error)
    expect(hasCode(failure, 'STORAGE_FAILED') && failure.message).toContain(word)
  }
  medium.onStep = () => undefined
  expect((await next(medium)).recovery).toMatchObject({ clean: true, lastSeq: 3 })
})

test('at the level interval what was written becomes durable by the clock, at none by closing', async () => {
  const medium = new SimMedium()
  const clock = new SimClock()
  const { writer } = await simStorage(boot(medium), { clock, timers: clock, intervalMs: 1_000 }).openWriter('test')
  await append(writer, first, 'none')
  const lost = seededPick(3)
  const survivors = async () => (await next(medium.afterPowerCut(() => lost(1)))).recovery.lastSeq
  expect(await survivors()).toBe(0)
  await append(writer, first, 'interval')
  clock.pass(999)
  expect(await survivors()).toBe(0)
  clock.pass(1)
  await writer.append([], { expectedSeq: 6, commitId: 'behind', durability: 'none' })
  expect(await survivors()).toBe(6)
  await append(writer, first, 'none')
  expect(await survivors()).toBe(6)
  await writer.close()
  expect(await survivors()).toBe(9)
})

test('a device that cannot say how much room it has, or open a base, is STORAGE_FAILED, and the writer goes on', async () => {
  const { medium, writer } = await opened()
  const base = () => writer.saveBase(3, rowOfAll())
  await base()
  const failing = (failed: SimCall['call']) => {
    medium.onCall = ({ call, path }) => {
      if (call === failed) throw failure('EIO', path)
    }
  }
  failing('space')
  await expect(base()).rejects.toMatchObject({ code: 'STORAGE_FAILED', details: { disk: 'EIO' } })
  failing('open')
  const read = async () => {
    for await (const _ of (await writer.loadBase())?.chunks ?? []);
  }
  await expect(read()).rejects.toMatchObject({ code: 'STORAGE_FAILED', details: { disk: 'EIO' } })
  medium.onCall = undefined
  await read()
  await append(writer, first)
})

async function* rowOfAll() {
  yield { seqs: [3], records: [recordOf('row')] }
}
