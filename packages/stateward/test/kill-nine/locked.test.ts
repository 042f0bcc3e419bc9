import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { hasCode, openState } from '../../src/index.ts'

test('a second process is told who holds the directory, and the first one is undisturbed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'stateward-locked-'))
  await using state = await openState(dir)
  const before = await state.plan.create({ name: 'before' })
  const files = await contents(dir)
  const { pid, host } = JSON.parse(await refusalInAnotherProcess(dir))
  expect({ pid, host }).toEqual({ pid: process.pid, host: hostname() })
  expect(await contents(dir)).toEqual(files)
  const after = await state.plan.create({ name: 'after' })
  expect((await state.plan.all()).map(({ id }) => id)).toEqual([before.id, after.id])
  await expect(openState(dir)).rejects.toSatisfy((error) => hasCode(error, 'LOCKED'))
  await state.close()
  await rm(dir, { recursive: true })
})

/** Opens the directory in a process of its own and answers with the refusal's details. */
async function refusalInAnotherProcess(dir: string): Promise<string> {
  const source = fileURLToPath(new URL('../../src/open-state.ts', import.meta.url))
  const program = `import(${JSON.stringify(source)}).then(({ openState }) => openState(${JSON.stringify(dir)})).then(
    () => { console.log(JSON.stringify({ opened: true })) },
    (error) => { console.log(JSON.stringify(error.details)) },
  )`
  const child = spawn(process.execPath, ['--conditions=@stateward/source', '--import', 'tsx', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** What the log's files hold; the idle writer's own `$dur` line may come at any moment and is left out. */
async function contents(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jsonl'))
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')))
  return Object.fromEntries(
    names.map((name, at) => [
      name,
      (texts[at] ?? '')
        .split('\n')
        .filter((line) => !line.startsWith('{"type":"$dur"'))
        .join('\n'),
    ]),
  )
}
