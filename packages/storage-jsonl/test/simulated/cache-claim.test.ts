import { boot, SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import {
  aliveSegments,
  type Bound,
  type CacheClaim,
  claimOf,
  isAliveIn,
  parseClaim,
  whyStale,
} from '../../src/caches/cache-claim.ts'
import { FileCache } from '../../src/files/file-cache.ts'
import { checksum, hex8 } from '../../src/format/crc.ts'
import type { Entry, Manifest } from '../../src/format/manifest.ts'
import type { LogSource } from '../../src/manifest/log-source.ts'

const text = Buffer.from('{"one":1}\n{"two":2}\n{"three":3}\n')
const crcTo = (bytes: number): string => hex8(checksum(text.subarray(0, bytes)))
const half = 10

const active: Entry = { kind: 'active', file: 'a', segment: 4, epoch: 2, firstSeq: 7 }
const log: Entry = {
  kind: 'log',
  file: 'l',
  segment: 3,
  epoch: 1,
  firstSeq: 5,
  lastSeq: 6,
  bytes: text.length,
  crc: crcTo(text.length),
}
const plain: Entry = {
  kind: 'plain',
  file: 'p',
  segment: 2,
  firstSeq: 3,
  lastSeq: 4,
  bytes: 9,
  lines: 1,
  sha256: 'of the plain file',
}
const archive: Entry = {
  kind: 'archive',
  file: 'archive/z',
  segment: 1,
  epoch: 1,
  firstSeq: 1,
  lastSeq: 2,
  bytes: 9,
  crc: '00000000',
  packedBytes: 5,
}
const base: Entry = {
  kind: 'base',
  file: 'b',
  segment: 5,
  epoch: 1,
  upTo: 2,
  rows: 1,
  bytes: text.length,
  crc: crcTo(text.length),
}

function manifestOf(segments: readonly Entry[], truncated = 2): Manifest {
  const format = { major: 1, minor: 0, incompat: [] }
  return { format, log: 'this', epoch: 2, writer: 'w', clean: false, truncated, segments, obsolete: [] }
}

const whole = manifestOf([archive, plain, log, active, base])
const tail = { segment: 4, bytes: text.length, lastSeq: 8, crc: crcTo(text.length) }

function sourceOf(manifest: Manifest | undefined, bytes = text.length): LogSource {
  return {
    manifest,
    tail: { ...tail, bytes },
    refresh: async () => {},
    tailNow: () => tail.lastSeq,
    activePlaces: () => undefined,
    moved: async () => {},
  }
}

/** Why this claim is stale of a log whose files all hold `text`. */
async function reasonOf(claim: CacheClaim, source: LogSource): Promise<string | undefined> {
  const medium = new SimMedium()
  const disk = boot(medium)
  for (const name of ['a', 'l', 'b']) medium.plant(`/${name}`, text)
  return whyStale({ source, files: new FileCache(disk, '/') }, claim)
}

const claim = claimOf(whole, tail, 8)
const boundOf = (segment: number): Bound => {
  const found = claim.bounds.find((bound) => bound.segment === segment)
  if (found === undefined) throw new Error(`no bound of segment ${segment}`)
  return found
}
const only = (segment: number, change: Partial<Bound> = {}): CacheClaim => ({
  ...claim,
  bounds: [{ ...boundOf(segment), ...change }],
})

test('a claim names what pointers may lead into: no archive, nothing behind upTo, nothing that a base took over', () => {
  const segmentsOf = (upTo: number, manifest = whole): number[] =>
    claimOf(manifest, tail, upTo).bounds.map(({ segment }) => segment)
  expect(segmentsOf(8)).toEqual([2, 3, 4, 5])
  expect(segmentsOf(6)).toEqual([2, 3, 5])
  expect(segmentsOf(4)).toEqual([2, 5])
  expect(segmentsOf(8, manifestOf(whole.segments, 4))).toEqual([3, 4, 5])
  expect(segmentsOf(8, manifestOf([{ ...log, lastSeq: 4 }]))).toEqual([])
  expect(boundOf(4)).toEqual({ kind: 'log', segment: 4, epoch: 2, bytes: tail.bytes, crc: tail.crc })
  expect(boundOf(2)).toMatchObject({ kind: 'plain', epoch: 0, crc: 'of the plain file' })
})

test('segments are alive while they hold commits that no base took over, and bases always are', () => {
  expect(aliveSegments(whole)).toEqual([2, 3, 5])
  expect(aliveSegments(manifestOf(whole.segments, 6))).toEqual([5])
  expect(aliveSegments(manifestOf([{ ...log, lastSeq: 4 }], 0))).toEqual([])
  expect(isAliveIn([2, 5], claim)).toBe(true)
  expect(isAliveIn([2, 9], claim)).toBe(false)
})

test('a claim holds of the log that it was made of, and after that has grown', async () => {
  expect(await reasonOf(claim, sourceOf(whole))).toBeUndefined()
  const early = { ...tail, bytes: half, crc: crcTo(half) }
  const former = claimOf(whole, early, 8)
  expect(await reasonOf(former, sourceOf(whole))).toBeUndefined()
  // The segment that was being written then is complete now.
  const complete = manifestOf([{ ...log, segment: 4, epoch: 2, file: 'a' }, base])
  expect(await reasonOf({ ...former, bounds: [former.bounds[2] ?? boundOf(4)] }, sourceOf(complete))).toBeUndefined()
})

test.each<[string, CacheClaim, LogSource]>([
  ['there is no log', claim, sourceOf(undefined)],
  ['it is of another log', { ...claim, log: 'that' }, sourceOf(whole)],
  ['the log has let go of commits up to 2', { ...claim, truncated: 1 }, sourceOf(whole)],
  ['it knows of commit 9, and the log ends at 8', { ...claim, upTo: 9 }, sourceOf(whole)],
  ['segment 3 is gone', only(3), sourceOf(manifestOf([active]))],
  ['segment 3 was archived', only(3), sourceOf(manifestOf([{ ...archive, segment: 3 }]))],
  ['segment 2 is another one', only(2, { kind: 'log' }), sourceOf(whole)],
  ['segment 2 is another one', only(2, { bytes: 8 }), sourceOf(whole)],
  ['segment 2 is another one', only(2, { crc: 'of another' }), sourceOf(whole)],
  ['segment 5 is another one', only(5, { kind: 'log' }), sourceOf(whole)],
  ['segment 3 is another one', only(3, { kind: 'base' }), sourceOf(whole)],
  ['segment 3 is another one', only(3, { epoch: 7 }), sourceOf(whole)],
  ['segment 3 is another one', only(3, { crc: '00000000' }), sourceOf(whole)],
  ['segment 3 is another one', only(3, { bytes: half, crc: '00000000' }), sourceOf(whole)],
  ['segment 5 is another one', only(5, { crc: '00000000' }), sourceOf(whole)],
  ['segment 4 is another one', only(4, { crc: '00000000' }), sourceOf(whole)],
  ['segment 4 has 10 bytes of 32', only(4), sourceOf(whole, half)],
])('a claim is stale: %s', async (reason, stale, source) => {
  expect(await reasonOf(stale, source)).toContain(reason)
})

test('a claim comes back from JSON as it was, and anything else is none', () => {
  expect(parseClaim(JSON.parse(JSON.stringify(claim)))).toEqual(claim)
  const [bound] = claim.bounds
  const others: unknown[] = [undefined, null, 7, {}, []]
  for (const key of ['log', 'upTo', 'truncated', 'bounds'])
    for (const value of [undefined, -1]) others.push({ ...claim, [key]: value })
  for (const value of [null, 7, 'bound']) others.push({ ...claim, bounds: [bound, value] })
  for (const key of ['kind', 'segment', 'epoch', 'bytes', 'crc']) {
    for (const value of [undefined, -1, 'x'])
      if (key !== 'crc' || value !== 'x') others.push({ ...claim, bounds: [{ ...bound, [key]: value }] })
  }
  for (const other of others) expect(parseClaim(other), JSON.stringify(other)).toBeUndefined()
})
