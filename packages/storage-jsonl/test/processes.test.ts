import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode } from '@stateward/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonlStorage } from '../src/index.ts'
import { startChild } from './child.ts'
import { bundled } from './machine/bundled.ts'
import { append, readAll, recordOf, textOf } from './records.ts'
import { temporaryDirectory } from './temporary.ts'

const folder = mkdtempSync(join(tmpdir(), 'stateward-processes-'))
let script: string

beforeAll(async () => {
  script = await bundled(new URL('child-writer.ts', import.meta.url), folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a second process is LOCKED, is told by whom, and the first one is undisturbed', async () => {
  const dir = temporaryDirectory()
  const { writer } = await jsonlStorage({ dir }).openWriter('holder')
  await append(writer, [recordOf(1)])
  const before = readFileSync(join(dir, 'LOCK'))
  const child = startChild(script, dir)
  const refused = JSON.parse((await child.line(/^refused /)).slice('refused '.length))
  expect(refused).toMatchObject({ code: 'LOCKED', retryable: true, details: { pid: process.pid, host: hostname() } })
  expect(refused.message).toContain(`process ${process.pid} on ${hostname()}`)
  expect(readFileSync(join(dir, 'LOCK'))).toEqual(before)
  await append(writer, [recordOf(2)])
  expect(await readAll(writer)).toHaveLength(2)
  await writer.close()
})

// Each acknowledgement is a sync, and a disk that others keep busy takes a quarter of a second for one.
test('a process that is killed under load loses nothing it acknowledged, and its lock is free at once', async () => {
  const dir = temporaryDirectory()
  let least = 0
  for (let kills = 1; kills <= 5; kills++) {
    const child = startChild(script, dir)
    await child.line(new RegExp(`^${least + 8 * kills}$`))
    const opening = jsonlStorage({ dir }).openWriter('rival')
    await expect(opening).rejects.toSatisfy(
      (error) => hasCode(error, 'LOCKED') && error.details.pid === child.process.pid,
    )
    await child.kill()
    const acknowledged = child.lines.map(Number).filter(Number.isInteger)
    least = Math.max(least, ...acknowledged)
  }
  const { writer, recovery } = await jsonlStorage({ dir }).openWriter('after')
  const found = await readAll(writer)
  expect(found.length).toBeGreaterThanOrEqual(least)
  expect(recovery).toMatchObject({ clean: false, created: false, lastSeq: found.length })
  expect(found).toEqual(found.map((_, index) => textOf(recordOf(index + 1, index % 50))))
  expect(await writer.verify()).toMatchObject({ ok: true, commits: found.length })
  await writer.close()
  expect(readdirSync(dir)).not.toContain('LOCK')
}, 240_000)

test('a reader in another process follows a live writer, proven commits only', async () => {
  const dir = temporaryDirectory()
  const child = startChild(script, dir, 3)
  await child.line(/^open$/)
  const reader = await jsonlStorage({ dir }).openReader()
  const stop = new AbortController()
  const seen: string[] = []
  for await (const { records } of reader.follow(1, stop.signal)) {
    seen.push(...records.map(textOf))
    if (seen.length >= 100) stop.abort()
  }
  await child.kill()
  await reader.close()
  expect(seen).toEqual(seen.map((_, index) => textOf(recordOf(index + 1, index % 50))))
}, 240_000)
