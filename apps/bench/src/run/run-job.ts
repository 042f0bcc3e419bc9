import { contenderNamed } from '../contenders/registry.ts'
import { DataSet } from '../data/data-set.ts'
import { Session } from '../session.ts'
import { workloadWithId } from '../workloads/registry.ts'
import type { Job, Outcome } from './job.ts'

/** Does a job in this process. Never rejects: what goes wrong is an outcome. */
export async function runJob(job: Job): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  try {
    const contender = contenderNamed(job.contender)
    const session = new Session({
      opener: await contender.opener(),
      dir: job.dir,
      data: new DataSet(job.size, job.seed),
      timing: { ...job.timing, warmOperations: contender.warmOperations },
      answers: contender.role !== 'limit' || contender.name === 'map-get',
      reopens: contender.abilities.includes('reopen'),
      ...(contender.cacheFolder !== undefined && { cacheFolder: contender.cacheFolder }),
      ...(job.acknowledged !== undefined && { acknowledged: job.acknowledged }),
    })
    for (const workload of job.workloads.map(workloadWithId)) {
      try {
        outcomes.push({ workload: workload.id, measured: await workload.run(session) })
      } catch (error) {
        outcomes.push({ workload: workload.id, failure: reasonOf(error) })
      }
    }
    await session.close()
    return outcomes
  } catch (error) {
    return job.workloads.map((workload) => ({ workload, failure: reasonOf(error) }))
  }
}

/** Why something failed, for people. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
