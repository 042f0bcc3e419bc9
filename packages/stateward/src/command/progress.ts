import { fitted } from './display-width.ts'
import type { Io } from './io.ts'

const appearsAfterMs = 1_000
const redrawMs = 100
const barColumns = 24
const clearLine = '\r\u001b[2K'
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** How far a long command has come: `done` of `total`, or, without a total, only that it goes on. */
export interface Progress {
  update(step: { readonly done?: number; readonly total?: number; readonly text?: string }): void
  /** Takes the bar off the terminal again. */
  stop(): void
}

/** A bar on standard error, from the second second on, and on a terminal only. */
export function startProgress({ stderr, time }: Pick<Io, 'stderr' | 'time'>, label: string): Progress {
  if (stderr.isTTY !== true) return { update() {}, stop() {} }
  const started = time.monotonicMs()
  let state: { done?: number; total?: number; text?: string } = {}
  let isDrawn = false
  const draw = (): void => {
    const elapsedMs = time.monotonicMs() - started
    if (elapsedMs < appearsAfterMs) return
    isDrawn = true
    stderr.write(clearLine + fitted(barLine(label, state, elapsedMs), (stderr.columns ?? 80) - 1))
  }
  const stopRedrawing = time.every(redrawMs, draw)
  return {
    update(step) {
      state = { ...state, ...step }
    },
    stop() {
      stopRedrawing()
      if (isDrawn) stderr.write(clearLine)
      isDrawn = false
    },
  }
}

/** Runs `work` with a bar that goes whatever comes of it. */
export async function withProgress<T>(
  io: Pick<Io, 'stderr' | 'time'>,
  label: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = startProgress(io, label)
  try {
    return await work(progress)
  } finally {
    progress.stop()
  }
}

function barLine(
  label: string,
  { done, total, text = '' }: { done?: number; total?: number; text?: string },
  elapsedMs: number,
): string {
  const seconds = `${Math.floor(elapsedMs / 1_000)} s`
  if (done === undefined || total === undefined || total <= 0) {
    const frame = spinner[Math.floor(elapsedMs / redrawMs) % spinner.length] ?? ''
    return [frame, label, text, seconds].filter((part) => part !== '').join('  ')
  }
  const share = Math.min(1, done / total)
  const filled = Math.round(share * barColumns)
  const bar = '█'.repeat(filled) + '░'.repeat(barColumns - filled)
  return [label, bar, `${Math.floor(share * 100)} %`, text, seconds].filter((part) => part !== '').join('  ')
}
