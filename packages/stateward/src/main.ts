import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { runCommand } from './command/run-command.ts'

/** What `bin/stateward.js` runs: the command, between this process's own streams. */
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

// A reader that went away is told to whoever writes; without a listener it would end the process with a stack trace.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

process.exitCode = await runCommand(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  version,
  time: {
    monotonicMs: () => performance.now(),
    every(ms, action) {
      const timer = setInterval(action, ms)
      timer.unref()
      return () => clearInterval(timer)
    },
  },
  interrupt() {
    const controller = new AbortController()
    // Once: a second Ctrl-C finds no listener, and ends the process.
    process.once('SIGINT', () => controller.abort())
    return controller.signal
  },
  storageAt: (dir) => jsonlStorage({ dir }),
})
