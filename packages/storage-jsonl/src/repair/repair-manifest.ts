import { join } from 'node:path'
import type { Disk } from '@stateward/contract'
import { withFile } from '../files/open-file.ts'
import { decodeManifest, type Manifest } from '../format/manifest.ts'
import { fileNames } from '../format/segment-name.ts'
import { rebuildManifest } from '../manifest/rebuild-manifest.ts'
import type { Survey } from '../manifest/survey.ts'
import { singleBitFixes } from './single-bit-fixes.ts'
import { splitAgain } from './split-again.ts'

/** A manifest that reads, and the bytes it should have where its file has others. */
export interface RepairedManifest {
  readonly manifest: Manifest
  readonly kind: 'whole' | 'corrected' | 'rebuilt'
  readonly bytes: Buffer | undefined
}

const lineEnd = Buffer.from('\n')

/** The manifest as it is, or as it was before one bit of it flipped, or as the headers of the segments tell. Throws `CORRUPT` where none of that gives exactly one. */
export async function repairedManifest(disk: Disk, survey: Survey): Promise<RepairedManifest> {
  const { manifest, dir } = survey
  if (typeof manifest === 'object') return { manifest, kind: 'whole', bytes: undefined }
  if (typeof manifest === 'string') {
    const bytes = await corrected(disk, dir)
    const found = bytes && decodeManifest(bytes)
    if (bytes !== undefined && typeof found === 'object' && !('foreign' in found))
      return { manifest: found, kind: 'corrected', bytes }
  }
  return { manifest: await rebuildManifest(disk, survey), kind: 'rebuilt', bytes: undefined }
}

async function corrected(disk: Disk, dir: string): Promise<Buffer | undefined> {
  const size = (await disk.stat(join(dir, fileNames.manifest)))?.bytes ?? 0
  const bytes = Buffer.alloc(size)
  await withFile(disk, { dir, name: fileNames.manifest }, (file) => file.read(bytes, 0))
  const isEnded = bytes.at(-1) === lineEnd[0]
  const line = isEnded ? bytes.subarray(0, -1) : bytes
  const [first = line, ...others] = splitAgain(line)
  // The line holds, and what comes behind it is no more than what a line feed became.
  if (!isEnded && others.length === 0 && first.length >= line.length - 1 && first.length > 0)
    return Buffer.concat([first, lineEnd])
  const [only, ...more] = singleBitFixes(line)
  return only === undefined || more.length > 0 ? undefined : Buffer.concat([only, lineEnd])
}
