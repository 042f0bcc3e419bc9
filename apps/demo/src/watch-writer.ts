import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { WriterEvent } from './events.ts'

export interface Watching {
  readonly dir: string
  /** The plan to go on with; absent: the writer makes one. */
  readonly planId: string | undefined
  /** Sees every event; answering `kill` kills the writer there and then. */
  readonly onEvent: (event: WriterEvent) => 'kill' | undefined
}

/** Runs a writer in a process of its own until it has finished or was killed. Rejects when it ended in any other way. */
export function watchWriter({ dir, planId, onEvent }: Watching): Promise<'finished' | 'killed'> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('writer.ts', import.meta.url))
    const writer = fork(script, [dir, planId ?? ''], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    const errors: Buffer[] = []
    let finished = false
    let killing = false
    writer.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
    writer.on('message', (event: WriterEvent) => {
      finished ||= event.kind === 'finished'
      if (onEvent(event) !== 'kill' || killing) return
      killing = true
      writer.kill('SIGKILL')
    })
    // Not `exit`: what it told before it died may still be on its way.
    writer.once('close', (code, signal) => {
      if (killing && signal === 'SIGKILL') resolve('killed')
      else if (finished && code === 0) resolve('finished')
      else reject(new Error(`the writer ended unexpectedly (${signal ?? code}): ${Buffer.concat(errors).toString()}`))
    })
  })
}
