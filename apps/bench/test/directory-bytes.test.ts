import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { directoryBytes } from '../src/measure/directory-bytes.ts'

/** Three files, of which one lies deeper. */
function threeFiles(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stateward-bytes-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  mkdirSync(join(dir, 'deep'))
  for (const [name, bytes] of [
    ['a', 1_000],
    ['b', 20_000],
    ['deep/c', 300_000],
  ] as const)
    writeFileSync(join(dir, name), new Uint8Array(bytes).fill(1))
  return dir
}

/** As `stat`, on a file system that keeps no file without room of its own. */
const roomy = async (path: string) => ({ size: (await stat(path)).size, blocks: 1_000_000 })

test('all files count, at any depth, but for those that are left apart', async () => {
  const dir = threeFiles()
  expect(await directoryBytes(dir, [], roomy)).toBe(321_000)
  expect(await directoryBytes(dir, ['b'], roomy)).toBe(301_000)
})

test('a file that vanishes between the listing and the look at it counts nothing', async () => {
  const dir = threeFiles()
  const bytes = directoryBytes(dir, [], async (path) => {
    if (path === join(dir, 'b')) rmSync(path)
    return roomy(path)
  })
  expect(await bytes).toBe(301_000)
})

test('a file with a hole counts what it takes', async () => {
  const dir = threeFiles()
  expect(await directoryBytes(dir, ['b', 'c'], async () => ({ size: 1_000_000, blocks: 8 }))).toBe(4_096)
})

test('what is wrong with a file but that it is gone is not passed over', async () => {
  const denied = Object.assign(new Error('denied'), { code: 'EACCES' })
  await expect(directoryBytes(threeFiles(), [], () => Promise.reject(denied))).rejects.toBe(denied)
})
