import { join } from 'node:path'
import type { Disk, DiskStat } from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import { diskCode } from '../environment/failure.ts'
import { format } from '../format/format.ts'
import type { Manifest } from '../format/manifest.ts'
import { fileNames } from '../format/segment-name.ts'
import { assessPlain } from '../scanning/plain.ts'
import { readManifest } from './manifest-file.ts'
import { refuseForeign, surveyDirectory } from './survey.ts'

export interface ManifestSeen {
  readonly manifest: Manifest | undefined
  /** Of its file; `undefined` where it was made up. */
  readonly stat: DiskStat | undefined
}

/**
 * The manifest as it is now, given the one seen before: each is a file of its own, so that an unchanged one is known by
 * its inode. A directory of plain files that no writer has adopted is read as if it had been.
 */
export async function manifestToRead(disk: Disk, dir: string, seen: ManifestSeen): Promise<ManifestSeen> {
  const stat = await disk.stat(join(dir, fileNames.manifest))
  if (stat === undefined)
    return seen.stat === undefined && seen.manifest !== undefined ? seen : withoutManifest(disk, dir)
  if (stat.inode === seen.stat?.inode && stat.bytes === seen.stat.bytes) return seen
  const found = await readManifest(disk, dir)
  if (typeof found === 'string') {
    throw new StatewardError(
      'CORRUPT',
      `${join(dir, fileNames.manifest)} does not read: ${found}. Open the store for writing to recover it.`,
      {
        details: { damage: [{ file: fileNames.manifest, line: 1, byte: 0, reason: found }], damagedLines: 1 },
      },
    )
  }
  return { manifest: found, stat }
}

async function withoutManifest(disk: Disk, dir: string): Promise<ManifestSeen> {
  const survey = await surveyDirectory(disk, dir).catch((error: unknown) => {
    if (diskCode(error) !== 'ENOENT') throw error
    return undefined
  })
  const nothing = { manifest: undefined, stat: undefined }
  if (survey === undefined) return nothing
  if (survey.segments.length > 0 || survey.archived.length > 0) {
    throw new StatewardError(
      'CORRUPT',
      `${dir} holds segments and no manifest that lists them. Open the store for writing to recover it.`,
      {
        details: { damage: [{ file: fileNames.manifest, line: 1, byte: 0, reason: 'it is missing' }], damagedLines: 1 },
      },
    )
  }
  if (survey.plain.length === 0) {
    refuseForeign(survey)
    return nothing
  }
  const { entries, lastSeq } = await assessPlain(disk, dir, survey.plain)
  if (lastSeq === 0) refuseForeign(survey)
  const manifest = { format, log: '', epoch: 0, writer: '', clean: true, truncated: 0, segments: entries, obsolete: [] }
  return { manifest, stat: undefined }
}
