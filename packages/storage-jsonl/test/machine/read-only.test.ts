import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { jsonlStorage } from '../../src/index.ts'
import { append, readAll, recordOf } from '../records.ts'
import { temporaryDirectory } from '../temporary.ts'
import { Mounts } from './mounting.ts'

const script = fileURLToPath(new URL('../child-reader.ts', import.meta.url))
const changing = [
  'open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat',
  'truncate,ftruncate,fallocate,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,flock,chmod,fchmod,fchmodat,utimensat',
]
  .flatMap((names) => names.split(','))
  .map((name) => `?${name}`)
  .join()

/** A store as a killed writer leaves it, LOCK and an unproven tail included, with a base and an archive. */
async function storeOf(commits: number): Promise<string> {
  const dir = temporaryDirectory()
  const { writer } = await jsonlStorage({ dir, ballastBytes: 0, segmentBytes: 4_096 }).openWriter('test')
  for (let index = 1; index <= commits; index++) await append(writer, [recordOf(index, 200)])
  await writer.saveBase(
    10,
    (async function* () {
      yield { seqs: [10], records: [recordOf('row')] }
    })(),
  )
  await writer.truncate(10)
  const copy = join(temporaryDirectory(), 'store')
  cpSync(dir, copy, { recursive: true })
  await writer.close()
  return copy
}

/** Everything in a directory with its size and the time of its last change. */
function traces(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { size, mtimeMs, ino } = statSync(join(dir, name))
    return `${name} ${size} ${mtimeMs} ${ino}`
  })
}

test('a reader makes no call of the system that could change its store, as strace sees it', async ({ skip }) => {
  if (spawnSync('strace', ['-V']).status !== 0)
    skip('no strace on this machine: nobody has looked at the calls of a reader')
  const dir = await storeOf(60)
  const before = traces(dir)
  const log = join(temporaryDirectory(), 'calls')
  const node = [process.execPath, '--conditions=@stateward/source', '--import', 'tsx', script, dir]
  const output = execFileSync('strace', ['-f', '-y', '-e', `trace=${changing}`, '-o', log, ...node], {
    encoding: 'utf8',
  })
  expect(output).toMatch(/^\d+ true\n$/)
  expect(Number.parseInt(output, 10)).toBeGreaterThan(50)
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes(dir))
  const opening = calls.filter((line) => /open(at2?)?\(/.test(line))
  expect(opening.length, 'strace saw the reader open files').toBeGreaterThan(2)
  expect(calls.filter((line) => !opening.includes(line))).toEqual([])
  expect(opening.filter((line) => !line.includes('O_RDONLY') || /O_CREAT|O_TRUNC/.test(line))).toEqual([])
  expect(traces(dir)).toEqual(before)
}, 60_000)

test('a store on a read-only file system is read; writing is refused with what to do about it', async ({ skip }) => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) skip('mounting needs root on Linux: not tried')
  const mounts = new Mounts('read-only')
  onTestFinished(() => mounts.dispose())
  const place = await mounts.mount('disk', { tmpfsBytes: 8_388_608 })
  const dir = join(place, 'store')
  cpSync(await storeOf(30), dir, { recursive: true })
  execFileSync('mount', ['-o', 'remount,ro', place])
  const before = traces(dir)
  const reader = await jsonlStorage({ dir }).openReader()
  expect((await readAll(reader)).length).toBeGreaterThan(20)
  expect((await reader.verify()).ok).toBe(true)
  await reader.close()
  await expect(jsonlStorage({ dir }).openWriter('test')).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    details: { disk: 'EROFS' },
    message: expect.stringContaining('open the store for reading only'),
  })
  expect(traces(dir)).toEqual(before)
})
