import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeDisk } from '../src/index.ts'
import { temporaryDirectory } from './temporary.ts'

test('what stands under a name is told without following it', async () => {
  const dir = temporaryDirectory()
  const at = (name: string): string => join(dir, name)
  writeFileSync(at('file'), 'abc')
  symlinkSync(at('file'), at('link'))
  mkdirSync(at('directory'))
  chmodSync(at('directory'), 0o777)
  for (const kind of ['file', 'link', 'directory']) expect(await nodeDisk.stat(at(kind))).toMatchObject({ kind })
  expect(await nodeDisk.stat('/dev/null')).toMatchObject({ kind: 'other' })
  expect(await nodeDisk.stat(at('file'))).toMatchObject({ bytes: 3, isOpenToAll: false })
  expect(await nodeDisk.stat(at('directory'))).toMatchObject({ isOpenToAll: true })
  await expect(nodeDisk.open(at('link'), 'read')).rejects.toMatchObject({ code: 'ELOOP' })
  expect(() => nodeDisk.openSync(at('link'))).toThrow(expect.objectContaining({ code: 'ELOOP' }))
})

test('absence is an answer, and every other failure is thrown', async () => {
  const dir = temporaryDirectory()
  const absent = join(dir, 'absent')
  writeFileSync(join(dir, 'file'), '')
  const under = join(dir, 'file', 'inner')
  expect(await nodeDisk.stat(absent)).toBeUndefined()
  expect(await nodeDisk.resolve(absent)).toBe(absent)
  await expect(nodeDisk.stat(under)).rejects.toMatchObject({ code: 'ENOTDIR' })
  await expect(nodeDisk.resolve(under)).rejects.toMatchObject({ code: 'ENOTDIR' })
  expect([await nodeDisk.makeDirectory(absent), await nodeDisk.makeDirectory(absent)]).toEqual([true, false])
  await expect(nodeDisk.makeDirectory(under)).rejects.toMatchObject({ code: 'ENOTDIR' })
  await expect(nodeDisk.open(join(dir, 'file'), 'create')).rejects.toMatchObject({ code: 'EEXIST' })
})

test('a file reads up to its end, and what a closed one is asked fails', async () => {
  const path = join(temporaryDirectory(), 'file')
  const file = await nodeDisk.open(path, 'create')
  expect(await file.write(Buffer.from('abcdef'), 0)).toBe(6)
  expect(file.writeSync(Buffer.from('!'), 6)).toBe(1)
  const into = Buffer.alloc(10, '-')
  expect(await file.read(into, 4)).toBe(3)
  expect(into.toString()).toBe('ef!-------')
  expect(file.readSync(into.fill('-'), 5)).toBe(2)
  expect(into.toString()).toBe('f!--------')
  await file.close()
  const calls: (() => Promise<unknown>)[] = [
    () => file.read(into, 0),
    () => file.write(into, 0),
    () => file.truncate(0),
    () => file.datasync(),
    () => file.close(),
  ]
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'EBADF' })
})

test('what is no file is not opened, whatever for', async () => {
  const dir = temporaryDirectory()
  for (const [path, code] of [
    [dir, 'EISDIR'],
    ['/dev/null', 'EINVAL'],
  ] as const) {
    await expect(nodeDisk.open(path, 'read')).rejects.toMatchObject({ code })
    expect(() => nodeDisk.openSync(path)).toThrow(expect.objectContaining({ code }))
  }
})

test('a watch keeps no process alive', () => {
  const watches = (): number => process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length
  const before = watches()
  const stop = nodeDisk.watch(temporaryDirectory(), () => undefined)
  expect(watches()).toBe(before)
  stop()
})

test('a directory that cannot be watched is followed without hints', () => {
  const stop = nodeDisk.watch(join(temporaryDirectory(), 'absent'), () => expect.unreachable('nothing is there'))
  expect(stop()).toBeUndefined()
})

test('a watch tells of a change', async () => {
  const dir = temporaryDirectory()
  let told = 0
  const stop = nodeDisk.watch(dir, () => told++)
  writeFileSync(join(dir, 'file'), '')
  await expect.poll(() => told).toBeGreaterThan(0)
  stop()
})
