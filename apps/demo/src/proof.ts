import type { Stats, VerifyReport } from '@stateward/contract'
import { grouped } from './board.ts'
import type { Latency } from './latency.ts'
import type { Comparison } from './ledger.ts'
import type { Palette } from './paint.ts'

/** Everything that the run has measured. */
export interface Proof {
  readonly stats: Stats
  readonly verified: VerifyReport
  readonly latency: Latency
  /** What was acknowledged, in both lives of the writer, against what is there at the end. */
  readonly comparison: Comparison
  readonly commitsAcknowledged: number
  /** Commits that were on the disk when the killed writer's log was opened again. */
  readonly kill: KillReport
  readonly writingMs: number
  /** Commits a second while the writer wrote as fast as it could. */
  readonly burstRate: number
  readonly ownRecords: number
  readonly ownChanged: readonly string[]
  readonly specs: { readonly completed: number; readonly failed: number; readonly open: number }
}

export interface KillReport {
  readonly pid: number
  /** Heard of before the kill. */
  readonly acknowledged: number
  /** Found after it. */
  readonly onDisk: number
  readonly underWay: number
  readonly tornBytes: number
}

/** Whether nothing that was promised is missing. */
export function holds({ comparison, verified, kill, ownChanged, specs }: Proof): boolean {
  const isComplete = comparison.lost.length === 0 && kill.onDisk >= kill.acknowledged && ownChanged.length === 0
  return isComplete && verified.ok && specs.open === 0
}

/** What was proved, a line each. */
export function proofLines(proof: Proof, paint: Palette): string[] {
  const { stats, verified, latency, comparison, kill, specs } = proof
  const types = Object.entries(stats.recordsByType)
    .filter(([, count]) => count > 0)
    .map(([type, count]) => `${grouped(count)} ${type}`)
  const average = Math.round(proof.commitsAcknowledged / (proof.writingMs / 1_000))
  const row = (name: string, text: string): string => `  ${name.padEnd(14)} ${text}`
  const lost = comparison.lost.length
  return [
    paint.bold(holds(proof) ? paint.green('What this run has proved') : paint.red('What this run has shown')),
    row('plan', `${specs.completed} specs completed, ${specs.failed} failed for good, ${specs.open} left open`),
    row('records', `${grouped(stats.records)}: ${types.join(', ')}`),
    row('commits', `${grouped(stats.commits)}, each on the disk before it was acknowledged`),
    row(
      'rate',
      `${grouped(average)} commits a second on average, ${grouped(Math.round(proof.burstRate))} in the burst`,
    ),
    row('killed', `process ${kill.pid} by SIGKILL, with ${kill.underWay} writes under way`),
    row(
      'acknowledged',
      `${grouped(comparison.records)} records, found ${grouped(comparison.found)}, lost ${lost === 0 ? paint.green('0') : paint.red(String(lost))}`,
    ),
    row('unacknowledged', unacknowledged(kill)),
    row('queries', `${grouped(latency.queries)}: p50 ${latency.p50.toFixed(3)} ms, p99 ${latency.p99.toFixed(3)} ms`),
    row('log', `${grouped(stats.bytes)} bytes in ${stats.segments} files`),
    row('verify', verifiedText(verified, paint)),
    ...(proof.ownRecords > 0 ? [row('your records', ownText(proof, paint))] : []),
    ...[...comparison.lost, ...proof.ownChanged].slice(0, 20).map((line) => paint.red(`  lost: ${line}`)),
  ]
}

/** What was under way when the kill came: written or not, nobody had been told. */
export function unacknowledged({ acknowledged, onDisk, underWay }: KillReport): string {
  const landed = onDisk - acknowledged
  const never = Math.max(0, underWay - landed)
  return `${grouped(landed)} were on the disk already and are kept; ${never} never were`
}

function verifiedText({ ok, storage, indexes, records }: VerifyReport, paint: Palette): string {
  if (!ok) return paint.red(`damaged: ${storage.damage.length} lines; stateward verify says which`)
  return `${paint.green('ok')}: ${grouped(storage.commits)} lines, ${grouped(records)} records, ${indexes.length} indexes`
}

function ownText({ ownRecords, ownChanged }: Proof, paint: Palette): string {
  const same = ownRecords - ownChanged.length
  return `${grouped(ownRecords)}, ${grouped(same)} as they were${ownChanged.length === 0 ? '' : paint.red(`, ${ownChanged.length} not`)}`
}
