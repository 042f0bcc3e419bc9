import { timestampOf } from '../environment/environment.ts'
import { listedManifest } from '../manifest/listed-manifest.ts'
import { type CareOptions, type HeldStore, holdStore } from '../recovery/held-store.ts'
import { applySalvage, filesThere, reportedFiles } from './apply-salvage.ts'
import { planSalvage } from './plan-salvage.ts'
import type { SalvagePlan } from './salvage-plan.ts'
import { emptyReport, reportOf, type SalvageReport } from './salvage-report.ts'

export interface SalvageOptions extends CareOptions {
  /** Whether to find out only what a salvage would do. Default false. */
  readonly dryRun?: boolean
}

/**
 * Makes a damaged store one that opens again, out of what still reads. Every line that holds is kept; of changes those
 * whose former version is lost are not, since nobody knows what they changed. Where commits are missing the log says so
 * from then on (`$gap`), and `LogStats.lost` does until `acknowledgeSalvage`. The damaged files and a report are kept in
 * `quarantine/`. A crash at any step leaves the store as it was, or salvaged. Offline: `LOCKED` while a writer is open.
 * Resolves with a report without an `id`, and changes nothing, where nothing is damaged. Rejects with `CORRUPT` where a
 * plain file was changed or the manifest cannot be had, `FULL`, `STORAGE_FAILED`; nothing is changed then.
 */
export function salvageLog(options: SalvageOptions): Promise<SalvageReport> {
  return holdStore(options, (store) => salvageHeld(store, options.dryRun === true))
}

/** As `salvageLog`, of a store whose lock is held. */
export async function salvageHeld(store: HeldStore, dryRun: boolean): Promise<SalvageReport> {
  const { environment, dir, survey } = store
  const at = timestampOf(environment.clock)
  const manifest = await listedManifest(environment.disk, survey)
  const plan = manifest && (await planSalvage({ disk: environment.disk, dir, survey, manifest }))
  if (plan === undefined) return emptyReport(at, dryRun)
  return dryRun ? expected(store, plan, at) : applySalvage(environment, { ...store, plan })
}

async function expected({ environment, dir }: HeldStore, plan: SalvagePlan, at: string): Promise<SalvageReport> {
  const there = await filesThere(environment.disk, dir, plan)
  return reportOf(plan, reportedFiles(plan, { made: new Map(), there }), { at, dryRun: true })
}
