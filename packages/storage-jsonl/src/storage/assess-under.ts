import { type Damage, hasCode, type LostCommits } from '@stateward/contract'
import type { Settings } from '../environment/options.ts'
import { surveyDirectory } from '../manifest/survey.ts'
import { assess } from '../recovery/assess.ts'
import type { HeldStore } from '../recovery/held-store.ts'
import { type ReadablePart, readablePart } from '../recovery/readable-part.ts'
import type { Recovery } from '../recovery/recovery.ts'
import { salvageHeld } from '../salvage/salvage-log.ts'

/** A log that can be written, with what a salvage has just given up of it; or what reads of a damaged one. */
export type Assessed =
  | { readonly kind: 'whole'; readonly recovery: Recovery; readonly lost: readonly LostCommits[] }
  | { readonly kind: 'readable'; readonly part: ReadablePart; readonly damage: readonly Damage[] }

/**
 * As `assess`, and does with a damaged log what the policy says: not before `synced`, from when on a crash takes no name back.
 * Errors as `assess`, and as `salvageLog`.
 */
export async function assessUnder(
  { recovery: policy, verify }: Pick<Settings, 'recovery' | 'verify'>,
  store: Omit<HeldStore, 'survey'>,
  synced: Promise<void>,
): Promise<Assessed> {
  const { environment, dir } = store
  const survey = await surveyDirectory(environment.disk, dir)
  try {
    return { kind: 'whole', recovery: await assess(environment, survey, verify), lost: [] }
  } catch (error) {
    if (policy === 'refuse' || !hasCode(error, 'CORRUPT')) throw error
    if (policy === 'readonly') {
      const part = await readablePart(environment.disk, survey)
      if (part === undefined) throw error
      const { damage } = error.details
      return { kind: 'readable', part, damage: Array.isArray(damage) ? damage : [] }
    }
    await synced
    const { lost } = await salvageHeld({ ...store, survey }, false)
    const recovery = await assess(environment, await surveyDirectory(environment.disk, dir))
    return { kind: 'whole', recovery, lost }
  }
}
