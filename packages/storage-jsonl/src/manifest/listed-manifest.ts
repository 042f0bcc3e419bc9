import type { Disk } from '@stateward/contract'
import { diskCode } from '../environment/failure.ts'
import type { Manifest } from '../format/manifest.ts'
import { assessPlain } from '../scanning/plain.ts'
import { isUnpublished, rebuildManifest } from './rebuild-manifest.ts'
import type { Survey } from './survey.ts'
import { withUnpublished } from './unpublished.ts'

/** What is listed, with a segment that a recovery had not published yet. `undefined` where there is no store yet. */
export async function listedManifest(disk: Disk, survey: Survey): Promise<Manifest | undefined> {
  const { manifest } = survey
  if (typeof manifest === 'object') {
    // A file that is needed to know may be one of those that are missing.
    return withUnpublished(disk, survey, manifest).catch((error: unknown) => {
      if (diskCode(error) !== 'ENOENT') throw error
      return manifest
    })
  }
  const isNew = survey.segments.length === 0 && survey.archived.length === 0
  if (manifest === undefined && (isNew || (await isUnpublished(disk, survey, 0)))) {
    // Plain files that nobody has adopted: what is wrong with them is for a person to mend.
    await assessPlain(disk, survey.dir, survey.plain)
    return undefined
  }
  return rebuildManifest(disk, survey)
}
