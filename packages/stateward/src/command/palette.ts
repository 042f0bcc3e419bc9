import { styleText } from 'node:util'
import type { Io, Sink } from './io.ts'

type Paint = (text: string) => string

/** Colours for one stream; each gives the text back as it is where colours are not wanted. */
export interface Palette {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

/** Colour only on a terminal, and not where `NO_COLOR` (no-color.org) or a terminal without any forbids it. */
export function paletteFor(stream: Sink, env: Io['env']): Palette {
  const wanted = stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
  const paint = (format: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'): Paint =>
    // The stream was looked at here; styleText would look at another one.
    wanted ? (text) => styleText(format, text, { validateStream: false }) : (text) => text
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    cyan: paint('cyan'),
  }
}

/** A status in its colour. */
export function paintStatus(palette: Palette, status: string): string {
  switch (status) {
    case 'completed':
      return palette.green(status)
    case 'running':
      return palette.cyan(status)
    case 'failed':
      return palette.red(status)
    case 'blocked':
    case 'paused':
      return palette.yellow(status)
    case 'draft':
    case 'cancelled':
      return palette.dim(status)
    default:
      return status
  }
}
