import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findEntry } from '../src/run/entry.ts'
import type { Job } from '../src/run/job.ts'
import { killWriter } from '../src/run/kill-writer.ts'
import { runInChild } from '../src/run/run-in-child.ts'

const entry = findEntry('source')
const dir = mkdtempSync(join(tmpdir(), 'stateward-bench-'))
const job: Job = {
  contender: 'ceiling',
  workloads: ['R1', 'R2'],
  size: 1000,
  seed: 1,
  dir,
  timing: { warmMs: 1, runMs: 1 },
}
const patient = { entry, timeoutMs: 60_000 }

afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('a process of its own does the job and answers', async () => {
  const outcomes = await runInChild(job, patient)
  expect(outcomes).toMatchObject([
    { workload: 'R1', measured: { value: expect.any(Number) } },
    { workload: 'R2', measured: { value: expect.any(Number) } },
  ])
})

test('what fails in it is an outcome', async () => {
  const outcomes = await runInChild({ ...job, contender: 'nobody' }, patient)
  expect(outcomes).toMatchObject([
    { workload: 'R1', failure: expect.stringContaining('no contender is called nobody') },
    {},
  ])
})

test('a process that dies is an outcome', async () => {
  const broken = { ...entry, path: join(dir, 'dies.mjs') }
  writeFileSync(broken.path, 'process.exit(3)')
  const outcomes = await runInChild(job, { ...patient, entry: broken })
  expect(outcomes).toMatchObject([{ workload: 'R1', failure: 'its process ended with 3' }, {}])
})

test('a process that takes too long is ended, and that is an outcome', async () => {
  const outcomes = await runInChild(job, { ...patient, timeoutMs: 1 })
  expect(outcomes).toMatchObject([{ workload: 'R1', failure: expect.stringContaining('took longer than') }, {}])
})

test('a process that writes is killed only when enough of it is acknowledged', async () => {
  const acknowledged = await killWriter({ ...job, contender: 'ceiling' }, patient)
  expect(acknowledged.length).toBeGreaterThanOrEqual(job.size / 20)
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
})

test('a process that ends before it is killed is an error that says why', async () => {
  await expect(killWriter({ ...job, contender: 'nobody' }, patient)).rejects.toThrow('no contender is called nobody')
  const broken = { ...entry, path: join(dir, 'ends.mjs') }
  writeFileSync(broken.path, 'process.exit(3)')
  await expect(killWriter(job, { ...patient, entry: broken })).rejects.toThrow('ended before it was killed')
})
