import { type LostCommits, StatewardError } from '@stateward/contract'
import { writeManifest } from '../manifest/manifest-file.ts'
import { type CareOptions, holdStore } from '../recovery/held-store.ts'

/**
 * Takes note that somebody has seen what salvages had to give up: `LogStats.lost` is empty from then on; the log itself
 * goes on saying where commits are missing. Resolves with what was acknowledged. Offline, as `salvageLog`; `CORRUPT`
 * where the manifest does not read.
 */
export function acknowledgeSalvage(options: CareOptions): Promise<readonly LostCommits[]> {
  return holdStore(options, async ({ environment, dir, survey: { manifest } }) => {
    if (typeof manifest === 'string') {
      throw new StatewardError(
        'CORRUPT',
        `the manifest of ${dir} does not read: ${manifest}. Salvage or repair it first.`,
      )
    }
    if (manifest?.lost === undefined) return []
    const { lost, ...acknowledged } = manifest
    await writeManifest(environment, dir, acknowledged)
    return lost
  })
}
