import type { Job } from './job.ts'
import { runJob } from './run-job.ts'

/** The argument that makes this program one that waits for a job. */
export const childArgument = '--child'

/** Waits for one job from the process that started this one, does it, answers and ends. */
export function beChild(): void {
  // Whoever asked is gone, or has heard the answer.
  process.once('disconnect', () => process.exit())
  process.once('message', (job: Job) => {
    runJob(job).then((outcomes) => process.send?.(outcomes, () => process.disconnect()))
  })
}
