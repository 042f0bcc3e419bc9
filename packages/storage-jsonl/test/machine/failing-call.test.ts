import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededPick } from '@stateward/conformance'
import { afterAll, beforeAll, expect } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { jsonlStorage } from '../../src/index.ts'
import { bundled } from './bundled.ts'
import { inLanes } from './in-lanes.ts'
import type { LoadedWriter } from './loading.ts'
import { checkNumbered } from './numbered-record.ts'
import { readTold } from './told.ts'

const lanes = 4
/** What strace does to the call of this kind, and up to which call of it a workload comes. */
const faults = [
  ['pwrite64', 'signal=SIGKILL', 200],
  ['fdatasync', 'signal=SIGKILL', 80],
  ['fdatasync', 'error=EIO', 80],
  ['fdatasync', 'error=ENOSPC', 80],
  ['fsync', 'signal=SIGKILL', 30],
  ['fsync', 'error=EIO', 30],
  ['rename', 'signal=SIGKILL', 30],
  ['rename', 'error=EIO', 30],
  ['unlink', 'signal=SIGKILL', 15],
  ['unlink', 'error=EIO', 15],
  ['ftruncate', 'signal=SIGKILL', 3],
] as const

let folder = ''
let script = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stateward-calls-'))
  script = await bundled(new URL('loaded-writer.ts', import.meta.url), folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

rig('failing-call', async ({ each, note, skip }) => {
  const traced = spawnSync('strace', ['-f', '-o', '/dev/null', '-e', 'inject=fsync:error=EIO:when=1', 'true'])
  if (traced.status !== 0) skip('strace is missing, or may not trace here')
  let ended = 0
  const looked = await each(async (seed) => {
    await inLanes(lanes, lanes, async (lane) => {
      if (await failOneCall(seed * lanes + lane)) ended++
    })
    return lanes
  })
  note([`failing-call: ${ended} processes ended by the fault, the others went on or came to no such call`])
  expect(ended).toBeGreaterThan(looked / 10)
  return looked
})

/** One process in which one call of the system fails or kills it; then another one that opens what it left. Resolves with whether it ended so. */
async function failOneCall(number: number): Promise<boolean> {
  const pick = seededPick(number)
  const [call, fault, most] = faults[number % faults.length] ?? faults[0]
  const inject = `inject=${call}:${fault}:when=${1 + pick(most)}`
  const dir = join(folder, `store-${number}`)
  const told = `${dir}.told`
  const retention = number % 2 === 0 ? 'all' : 'none'
  const writer: LoadedWriter = { dir, told, callers: 4, seed: number, retention, rounds: 5 }
  const tracing = ['-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]
  const arguments_ = [...tracing, process.execPath, script, JSON.stringify(writer)]
  // One thread for the disk, so that the calls of a kind are counted in one row.
  const child = spawn('strace', arguments_, { stdio: 'ignore', env: { ...process.env, UV_THREADPOOL_SIZE: '1' } })
  const code = await new Promise((resolve) => child.once('close', resolve))
  const { acknowledged, sent } = readTold(told)
  const { writer: next } = await jsonlStorage({ dir, ballastBytes: 0 }).openWriter('after')
  try {
    const { lastSeq, wrong } = await checkNumbered(next)
    expect(wrong, inject).toBeUndefined()
    expect(lastSeq, inject).toBeGreaterThanOrEqual(acknowledged)
    expect(lastSeq, inject).toBeLessThanOrEqual(sent)
  } finally {
    await next.close()
  }
  rmSync(dir, { recursive: true })
  return code !== 0
}
