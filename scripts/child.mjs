import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { performance } from 'node:perf_hooks'
import { root, toolEnvironment } from './workspace.mjs'

/**
 * @typedef {object} Ended
 * @property {number} code the exit code; 128 and the signal's number when a signal ended the child, 127 when it never started
 * @property {string} output standard output and standard error, in the order they came; empty where the child wrote to the terminal itself
 * @property {number} ms
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * Runs a command at the root and waits for its end; never rejects.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, show?: boolean, onOutput?: (text: string) => void }} [options]
 *   `show` lets the child write to the terminal itself
 * @returns {Promise<Ended>}
 */
export function run(command, args, { env = toolEnvironment(), cwd = root, show = false, onOutput } = {}) {
  const started = performance.now()
  /** @type {Buffer[]} */
  const chunks = []
  return new Promise((resolve) => {
    /** @param {number} code @param {string} [remark] */
    const end = (code, remark = '') => {
      running.delete(child)
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') + remark, ms: performance.now() - started })
    }
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // A .CMD file on Windows runs only through the shell.
      shell: process.platform === 'win32',
    })
    running.add(child)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ chunk) => {
        chunks.push(chunk)
        onOutput?.(chunk.toString('utf8'))
      })
    }
    child.on('error', (error) => end(127, `${command} could not be started: ${error.message}\n`))
    child.on('close', (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

/**
 * Passes the signals that ask this process to end on to its children, and leaves it to them what then happens. A
 * terminal sends Ctrl-C to the children itself, so there it is not sent a second time.
 */
export function forwardSignals() {
  onSignals((signal) => {
    if (running.size === 0) process.exit(128 + constants.signals[signal])
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    for (const child of running) child.kill(signal)
  })
}

/** On a signal that asks this process to end, ends its children first and then itself, with 128 and the signal's number. */
export function stopOnSignals() {
  onSignals((signal) => {
    process.exitCode = 128 + constants.signals[signal]
    const children = [...running]
    const gone = children.map((child) => new Promise((resolve) => child.once('close', resolve)))
    for (const child of children) child.kill('SIGTERM')
    Promise.all(gone).then(() => process.exit())
  })
}

/** @param {(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void} act */
function onSignals(act) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => act(signal))
}
