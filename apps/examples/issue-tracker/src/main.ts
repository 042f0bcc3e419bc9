import { performance } from 'node:perf_hooks'
import { runTracker } from './run-tracker.ts'

process.exitCode = await runTracker(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  now: () => performance.now(),
})
