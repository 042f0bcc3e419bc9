import { join } from 'node:path'
import type { Disk, DiskFile } from '@stateward/contract'
import { diskCode } from '../environment/failure.ts'
import { allSettled } from '../files/all-settled.ts'
import { withFile } from '../files/open-file.ts'
import type { BaseEntry, LogEntry, Manifest } from '../format/manifest.ts'
import { cacheName, fileNames, nameOfCache } from '../format/segment-name.ts'
import { type Bound, type CacheClaim, growsInto } from './cache-claim.ts'
import { readCacheFile } from './cache-file.ts'

type Complete = LogEntry | BaseEntry

/**
 * The complete segments that a cache beside the log rests on: who opens the log with it reads no line of them, and every
 * line that is served from them later is checked then. A cache that cannot be read, or is of other bytes, covers nothing.
 */
export async function coveredSegments(
  disk: Disk,
  { dir, manifest }: { readonly dir: string; readonly manifest: Manifest },
): Promise<ReadonlySet<number>> {
  const covered = new Set<number>()
  for (const claim of await claimsOf(disk, dir)) {
    if (claim.log !== manifest.log || claim.truncated !== manifest.truncated) continue
    for (const entry of manifest.segments) {
      const bound = claim.bounds.find(({ segment }) => segment === entry.segment)
      if (bound === undefined || (entry.kind !== 'log' && entry.kind !== 'base')) continue
      if (await restsOn(disk, dir, { entry, bound })) covered.add(entry.segment)
    }
  }
  return covered
}

async function claimsOf(disk: Disk, dir: string): Promise<readonly CacheClaim[]> {
  const names = (await cacheFiles(disk, dir)).map(nameOfCache).filter((name) => name !== undefined)
  const claims = await allSettled(names.map((name) => claimOf(disk, dir, name)))
  return claims.filter((claim) => claim !== undefined)
}

async function claimOf(disk: Disk, dir: string, name: string): Promise<CacheClaim | undefined> {
  try {
    const found = await withFile(disk, { dir, name: cacheName(name) }, (open) => readCacheFile(open, name))
    return typeof found === 'string' ? undefined : found.claim
  } catch (error) {
    // No code is a defect of ours, and not the disk's.
    if (diskCode(error) === '') throw error
    return undefined
  }
}

async function cacheFiles(disk: Disk, dir: string): Promise<readonly string[]> {
  const directory = join(dir, fileNames.cache)
  return (await disk.stat(directory))?.kind === 'directory' ? (await disk.list(directory)).sort() : []
}

async function restsOn(
  disk: Disk,
  dir: string,
  { entry, bound }: { readonly entry: Complete; readonly bound: Bound },
): Promise<boolean> {
  if (bound.kind !== entry.kind || bound.epoch !== entry.epoch || bound.bytes > entry.bytes) return false
  if (bound.bytes === entry.bytes) return bound.crc === entry.crc
  return withFile(disk, { dir, name: entry.file }, (file: DiskFile) => growsInto(file, bound, entry)).catch(() => false)
}
