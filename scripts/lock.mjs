import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from './progress.mjs'
import { root } from './workspace.mjs'

const waitAtMostMs = 15 * 60_000
const pollMs = 250

/**
 * Does the work while no other process that asks for the same name does, so that two commands started at once wait for
 * each other instead of writing over each other. A lock whose holder is dead is taken over.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const path = join(root, 'node_modules', `.stateward-${name}.lock`)
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() })
  const giveUpAt = Date.now() + waitAtMostMs
  for (let told = false; !take(path, mine); await sleep(pollMs)) {
    const theirs = contentOf(path)
    if (isDead(theirs)) {
      remove(path, theirs)
      continue
    }
    if (Date.now() > giveUpAt)
      throw new Error(`${path} is held by ${theirs} for too long: end that process, or remove the file`)
    if (!told)
      say(`  waiting for another command in this folder to finish its ${name} (process ${/\d+/.exec(theirs)?.[0]})`)
    told = true
  }
  const release = () => remove(path, mine)
  process.once('exit', release)
  try {
    return await work()
  } finally {
    release()
    process.off('exit', release)
  }
}

/** @param {string} path @param {string} mine */
function take(path, mine) {
  try {
    writeFileSync(path, mine, { flag: 'wx' })
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

/** @param {string} path */
function contentOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return ''
    throw error
  }
}

/**
 * An empty file is one whose owner is about to write it, or has just removed it.
 * @param {string} content
 */
function isDead(content) {
  try {
    const { pid, host } = JSON.parse(content)
    if (host !== hostname()) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return isCode(error, 'ESRCH')
  }
}

/**
 * Removes the lock only if it is still the one that was looked at: it is moved aside first, and put back when somebody
 * else's turns out to have been moved.
 * @param {string} path @param {string} expected
 */
function remove(path, expected) {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
    const found = readFileSync(aside, 'utf8')
    if (found !== expected) writeFileSync(path, found, { flag: 'wx' })
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/** @param {unknown} error @param {string} code */
function isCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code
}
