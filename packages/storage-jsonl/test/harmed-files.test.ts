import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonlStorage } from '../src/index.ts'
import { append, readAll, recordOf, textOf } from './records.ts'
import { temporaryDirectory } from './temporary.ts'

const beyond4GiB = 4_294_967_297
const texts = Array.from({ length: 50 }, (_, n) => textOf(recordOf(n + 1, 2_500)))

/** A closed store that has one of everything: a base, an archive, a segment behind it, a hint, a cache, two manifests. */
async function storeOf(): Promise<string> {
  const dir = temporaryDirectory()
  const { writer } = await jsonlStorage({
    dir,
    lock: 'pidfile',
    segmentBytes: 100_000,
    ballastBytes: 8_192,
  }).openWriter('test')
  for (let index = 1; index <= 50; index++) {
    await append(writer, [recordOf(index, 2_500)])
    if (index !== 25) continue
    await writer.saveBase(25, rows())
    await writer.truncate(25)
  }
  await writer.caches?.save('some', async (put) => {
    await put(Buffer.from('derived'))
    return 50
  })
  await writer.close()
  return dir
}

async function* rows() {
  yield { seqs: [25], records: [recordOf('row', 100)] }
}

/** Everything in a directory, as it is: what is not the same was written to. */
function traces(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { size, mtimeMs, ino, mode } = lstatSync(join(dir, name))
      return `${name} ${size} ${mtimeMs} ${ino} ${mode}`
    })
}

const harms: Readonly<Record<string, (path: string, victim: string) => unknown>> = {
  'no bytes': (path) => truncateSync(path, 0),
  'not there': (path) => rmSync(path),
  'a link to itself elsewhere': (path, victim) => {
    copyFileSync(path, victim)
    rmSync(path)
    symlinkSync(victim, path)
  },
  'a link to nowhere': (path, victim) => {
    rmSync(path)
    symlinkSync(`${victim}.none`, path)
  },
  'a pipe': (path) => {
    rmSync(path)
    execFileSync('mkfifo', [path])
  },
  'a directory': (path) => {
    rmSync(path)
    mkdirSync(path)
  },
  '4 GiB of zeros behind it': (path) => truncateSync(path, beyond4GiB),
}

const files: Readonly<Record<string, RegExp>> = {
  log: /^log-.*jsonl$/,
  base: /^base-/,
  archive: /^archive.*gz$/,
  hint: /hint$/,
  cache: /cache$/,
  manifest: /^manifest.json$/,
  former: /^manifest.prev/,
  ballast: /^ballast$/,
  lock: /^LOCK$/,
}
const missing = { log: 'CORRUPT', base: 'CORRUPT', archive: 'CORRUPT', manifest: 'CORRUPT' }
const strange = {
  ...{ log: 'INVALID', base: 'INVALID', manifest: 'INVALID', former: 'INVALID', ballast: 'INVALID', lock: 'INVALID' },
  archive: 'STORAGE_FAILED',
}

/** Which files an opening refuses so, and how; all others it does without, or makes again. */
const refusals: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no bytes': missing,
  'not there': missing,
  'a link to itself elsewhere': strange,
  'a link to nowhere': strange,
  'a pipe': strange,
  'a directory': strange,
  '4 GiB of zeros behind it': { archive: 'CORRUPT', manifest: 'CORRUPT' },
}

test.each(Object.keys(harms))(
  'an opening that finds of one file of a store %s: named, or done without',
  async (harm) => {
    const store = await storeOf()
    const names = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) =>
      lstatSync(join(store, name)).isFile(),
    )
    expect(new Set([...names, 'LOCK'].map(kindOf))).toEqual(new Set(Object.keys(files)))
    for (const name of [...names, 'LOCK']) {
      // Reading so many zeros takes seconds; what becomes of them is looked at elsewhere.
      if (harm.startsWith('4 GiB') && kindOf(name) === 'log') continue
      const dir = temporaryDirectory()
      cpSync(store, dir, { recursive: true })
      if (!existsSync(join(dir, name))) writeFileSync(join(dir, name), '')
      const victim = join(temporaryDirectory(), 'victim')
      harms[harm]?.(join(dir, name), victim)
      const expected =
        refusals[harm]?.[kindOf(name)] ?? (kindOf(name) === 'cache' ? 'opened without its cache' : 'opened')
      expect(`${name}: ${await outcome(dir, name, victim)}`).toBe(`${name}: ${expected}`)
    }
  },
)

function kindOf(name: string): string {
  return Object.keys(files).find((kind) => files[kind]?.test(name)) ?? name
}

async function outcome(dir: string, name: string, victim: string): Promise<string> {
  const before = traces(dir)
  const held = traces(dirname(victim))
  try {
    // A lock by pid file takes no process of its own.
    const lock = name === 'LOCK' ? 'flock' : 'pidfile'
    const options = { dir, lock, segmentBytes: 100_000, ballastBytes: 8_192 } as const
    const { writer } = await jsonlStorage(options).openWriter('test')
    expect(await readAll(writer), name).toEqual(texts)
    const cached = await writer.caches?.load('some')
    await cached?.close()
    await append(writer, [recordOf('goes on')])
    await writer.close()
    return cached === undefined ? 'opened without its cache' : 'opened'
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    expect(message, `the refusal names ${name}`).toContain(name)
    expect(traces(dir), `${name}: a refused open changes nothing`).toEqual(before)
    return code ?? String(error)
  } finally {
    expect(traces(dirname(victim)), 'nothing is written through a link').toEqual(held)
  }
}

test('a pipe under the name of a plain file is refused, and neither an opening nor a reader waits for it', async () => {
  const dir = temporaryDirectory()
  execFileSync('mkfifo', [join(dir, 'a.jsonl')])
  const refused = { code: 'STORAGE_FAILED', message: expect.stringContaining('a.jsonl') }
  await expect(jsonlStorage({ dir }).openWriter('test')).rejects.toMatchObject(refused)
  await expect(jsonlStorage({ dir }).openReader()).rejects.toMatchObject(refused)
  expect(readdirSync(dir)).toEqual(['a.jsonl'])
  const store = await storeOf()
  rmSync(join(store, 'manifest.json'))
  execFileSync('mkfifo', [join(store, 'manifest.json')])
  await expect(jsonlStorage({ dir: store }).openReader()).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    message: expect.stringContaining('manifest.json'),
  })
})

test.each(['archive', 'cache', 'quarantine'])('a directory %s that everybody may write to is refused', async (name) => {
  const dir = await storeOf()
  mkdirSync(join(dir, name), { recursive: true })
  chmodSync(join(dir, name), 0o777)
  const before = traces(dir)
  await expect(jsonlStorage({ dir }).openWriter('test')).rejects.toMatchObject({
    code: 'INVALID',
    message: expect.stringMatching(new RegExp(`${name} may be written to.*chmod o-w`)),
  })
  expect(traces(dir)).toEqual(before)
  chmodSync(join(dir, name), 0o770)
  await (await jsonlStorage({ dir }).openWriter('test')).writer.close()
})

test.each<[string, string, (dir: string) => unknown]>([
  ['of another program', 'INVALID', (dir) => writeFileSync(join(dir, 'package.json'), '{}')],
  [
    'of another program beside lines of ours',
    'INVALID',
    (dir) => [mkdirSync(join(dir, 'src')), writeFileSync(join(dir, 'a.jsonl'), '')],
  ],
  [
    'of somebody else’s lines',
    'CORRUPT',
    (dir) => writeFileSync(join(dir, 'events.jsonl'), '{"level":"info","msg":"no type"}\n'),
  ],
  ['of lines that are no JSON', 'CORRUPT', (dir) => writeFileSync(join(dir, 'table.jsonl'), 'a;b;c\n')],
])('a directory %s is no store: %s, and nothing is made in it', async (_, code, make) => {
  const dir = temporaryDirectory()
  make(dir)
  const before = traces(dir)
  await expect(jsonlStorage({ dir }).openWriter('test')).rejects.toMatchObject({ code })
  await expect(jsonlStorage({ dir }).openReader()).rejects.toMatchObject({ code })
  expect(traces(dir)).toEqual(before)
})
