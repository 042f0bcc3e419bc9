import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { onTestFinished } from 'vitest'
import type { Io, Sink } from '../src/command/io.ts'
import { runCommand } from '../src/command/run-command.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  /** Standard output as JSON lines. */
  json(): unknown[]
}

export interface RunOptions {
  readonly stdin?: string
  /** Columns of a terminal; absent: no terminal. */
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  readonly interrupt?: AbortSignal
  readonly storageAt?: Io['storageAt']
  readonly time?: Io['time']
  readonly stdout?: Recorder
  readonly stderr?: Recorder
}

const stillTime: Io['time'] = { monotonicMs: () => 0, every: () => () => {} }

/** An empty directory, which the caller removes. */
export function madeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'stateward-test-'))
}

/** An empty directory that goes when the test has ended. */
export function freshFolder(): string {
  const folder = madeFolder()
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs the command in this process, as if in `cwd`. */
export async function run(cwd: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { stdin, columns, env = {}, interrupt, storageAt = (dir) => jsonlStorage({ dir }) } = options
  const { stdout: out = new Recorder(columns), stderr: err = new Recorder(columns), time = stillTime } = options
  const code = await runCommand(args, {
    stdin: inputOf(stdin),
    stdout: out,
    stderr: err,
    env,
    cwd,
    version: '0.0.0-test',
    time,
    interrupt: () => interrupt ?? new AbortController().signal,
    storageAt,
  })
  return {
    code,
    out: out.text,
    err: err.text,
    json: () =>
      out.text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  }
}

/** A folder with an empty store, and the command in it. */
export async function freshStore(
  folder: string = freshFolder(),
): Promise<{ folder: string; sw: (...args: string[]) => Promise<Ran> }> {
  const made = await run(folder, ['init'])
  if (made.code !== 0) throw new Error(made.err)
  return { folder, sw: (...args) => run(folder, args) }
}

/** Runs a command that must succeed, with `--json`, and gives its one value. */
export async function answerOf<T>(ran: Promise<Ran>): Promise<T> {
  const { code, err, json } = await ran
  if (code !== 0) throw new Error(err)
  return json()[0] as T
}

async function* inputOf(text: string | undefined): AsyncGenerator<Uint8Array> {
  if (text !== undefined) yield Buffer.from(text)
}

/** A stream that keeps what it is given; a terminal where it has columns. */
export class Recorder extends Writable implements Sink {
  text = ''
  readonly isTTY?: boolean
  readonly columns?: number

  constructor(columns?: number) {
    super({ decodeStrings: false })
    if (columns === undefined) return
    this.isTTY = true
    this.columns = columns
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}
