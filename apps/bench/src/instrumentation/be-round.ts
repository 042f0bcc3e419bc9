import type { RoundJob } from './round.ts'
import { runRound } from './run-round.ts'

process.once('disconnect', () => process.exit())
process.once('message', (job: RoundJob) => {
  runRound(job)
    .catch((error: unknown) => String(error instanceof Error ? error.stack : error))
    .then((answer) => process.send?.(answer, () => process.exit()))
})
