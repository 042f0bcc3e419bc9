import type { Io, Sink } from './io.ts'
import { type Palette, paletteFor } from './palette.ts'

/** Whoever read our output has gone away; the command ends quietly. */
export class OutputClosed extends Error {}

const goneCodes = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'])
/** Lines are written together up to this many characters. */
const chunkChars = 65_536

/** What the command says: results on standard output, remarks on standard error. */
export class Output {
  readonly json: boolean
  readonly paint: Palette
  readonly paintNote: Palette
  /** Columns of the terminal; `undefined` where the output is not for a terminal. */
  readonly width: number | undefined
  readonly #out: Sink
  readonly #err: Sink

  constructor({ stdout, stderr, env }: Pick<Io, 'stdout' | 'stderr' | 'env'>, json: boolean) {
    this.json = json
    this.paint = paletteFor(stdout, env)
    this.paintNote = paletteFor(stderr, env)
    this.width = stdout.isTTY === true ? (stdout.columns ?? 80) : undefined
    this.#out = stdout
    this.#err = stderr
  }

  /** Rejects with `OutputClosed` when nobody reads any more. Resolves when the stream has taken the text. */
  write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#out.write(text, (error) => {
        if (error === undefined || error === null) return resolve()
        reject(goneCodes.has(codeOf(error)) ? new OutputClosed() : error)
      })
    })
  }

  line(text = ''): Promise<void> {
    return this.write(`${text}\n`)
  }

  async lines(lines: Iterable<string>): Promise<void> {
    let chunk = ''
    for (const line of lines) {
      chunk += `${line}\n`
      if (chunk.length < chunkChars) continue
      await this.write(chunk)
      chunk = ''
    }
    if (chunk !== '') await this.write(chunk)
  }

  /** One JSON value on a line. */
  value(value: unknown): Promise<void> {
    return this.line(JSON.stringify(value))
  }

  /** What is worth knowing and not asked for: on standard error, so that it never mixes with results; not with `--json`. */
  note(text: string): void {
    if (!this.json) this.#err.write(`${text}\n`)
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
