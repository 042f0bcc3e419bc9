import { beside, boot, SimMedium } from '@stateward/conformance'
import type { StorageEvent } from '@stateward/contract'
import { expect, test } from 'vitest'
import type { CacheClaim } from '../../src/caches/cache-claim.ts'
import { CacheFileWriter } from '../../src/caches/cache-file.ts'
import { hintClaim } from '../../src/caches/hints.ts'
import { decodeManifest, type LogEntry, type Manifest } from '../../src/format/manifest.ts'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const hint = '/store/cache/log-00000001.hint'
const segmentBytes = 262_144
const records = Array.from({ length: 120 }, (_, at) => recordOf(at + 1, 500))

const bound = (claim: CacheClaim, change: Partial<CacheClaim['bounds'][number]>): CacheClaim => ({
  ...claim,
  bounds: claim.bounds.map((one) => ({ ...one, ...change })),
})

test.each<[string, (claim: CacheClaim) => CacheClaim]>([
  ['another log', (claim) => ({ ...claim, log: 'another' })],
  ['fewer commits', (claim) => ({ ...claim, upTo: claim.upTo - 1 })],
  ['another kind of file', (claim) => bound(claim, { kind: 'base' })],
  ['another segment', (claim) => bound(claim, { segment: 2 })],
  ['another epoch', (claim) => bound(claim, { epoch: 2 })],
  ['fewer bytes', (claim) => bound(claim, { bytes: 1 })],
  ['other bytes', (claim) => bound(claim, { crc: '00000000' })],
  ['two files', (claim) => ({ ...claim, bounds: [...claim.bounds, ...claim.bounds] })],
  ['no file', (claim) => ({ ...claim, bounds: [] })],
])('a hint of %s is of no use, and says so; what is read is the same', async (_, change) => {
  const medium = new SimMedium()
  const first = await simStorage(boot(medium), { segmentBytes }).openWriter('first')
  const ptrs = await append(first.writer, records)
  await first.writer.close()
  const manifest = decodeManifest(Buffer.from(medium.file('/store/manifest.json').bytes)) as Manifest
  const entry = manifest.segments.find(({ kind }) => kind === 'log') as LogEntry
  const claim = hintClaim(entry, manifest.log)
  for (const [says, expected] of [
    [claim, []],
    [change(claim), ['it is of another segment, or of other bytes of this one']],
  ] as const) {
    const copy = medium.copy()
    copy.directory('/store/cache').change([['log-00000001.hint', undefined]])
    const file = await beside(copy).open(hint, 'create')
    const point = Buffer.alloc(16)
    point.writeBigUInt64LE(80n)
    point.writeBigUInt64LE(BigInt((ptrs[79] ?? 0) % 2 ** 33), 8)
    const writing = new CacheFileWriter(file)
    await writing.put(point)
    await writing.finish('cache/log-00000001.hint', says, '2026-01-01T00:00:00.000Z')
    const told: StorageEvent[] = []
    const { writer } = await simStorage(boot(copy)).openWriter('next', { notify: (event) => told.push(event) })
    expect(await readAll(writer, 100)).toEqual(records.slice(99).map(textOf))
    expect(told).toEqual(expected.map((reason) => ({ kind: 'cacheIgnored', cache: 'cache/log-00000001.hint', reason })))
    await writer.close()
  }
})
