import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { seededPick } from '@stateward/conformance'
import { afterAll, beforeAll, expect } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { jsonlStorage } from '../../src/index.ts'
import { bundled } from './bundled.ts'

const racers = 8
const stoppedMs = 10_000

let folder = ''
const contenders: Contender[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stateward-locks-'))
  const script = await bundled(new URL('contender.ts', import.meta.url), folder)
  contenders.push(...Array.from({ length: racers }, () => new Contender(script)))
})
afterAll(() => {
  for (const contender of contenders) contender.kill()
  rmSync(folder, { recursive: true, force: true })
})

/** A process that opens, holds and closes stores as it is told. */
class Contender {
  readonly #script: string
  #process: ChildProcess
  #lines: Interface

  constructor(script: string) {
    this.#script = script
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#process = child
    this.#lines = createInterface({ input: child.stdout })
  }

  async ask(line: string): Promise<string> {
    const answer = new Promise<string>((resolve) => this.#lines.once('line', resolve))
    this.#process.stdin?.write(`${line}\n`)
    return answer
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  /** Dies in the middle of things; resolves with the one that takes its place. */
  async replaced(): Promise<Contender> {
    const gone = new Promise((resolve) => this.#process.once('close', resolve))
    this.kill()
    await gone
    return new Contender(this.#script)
  }
}

rig('lock-race', async ({ each }) => {
  const stopped = holderStopped()
  stopped.catch(() => {})
  const looked = await each(async (seed) => {
    await race(seed)
    return 1
  })
  await stopped
  return looked
})

/** All open at once; one gets in, and whatever then becomes of it, the next one gets in after it and nobody beside it. */
async function race(seed: number): Promise<void> {
  const pick = seededPick(seed)
  const dir = join(folder, `race-${seed}`)
  if (pick(2) === 0) await plantStale(dir, pick(3))
  const answers = await Promise.all(contenders.map((contender) => contender.ask(`open ${dir}`)))
  expect(answers.map((answer) => answer.split(' ')[0]).sort()).toEqual([
    ...Array.from({ length: racers - 1 }, () => 'LOCKED'),
    'open',
  ])
  const winner = answers.indexOf('open')
  const rival = contenders[(winner + 1) % racers]
  expect(await rival?.ask(`open ${dir}`)).toMatch(/^LOCKED/)
  if (pick(8) === 0) contenders[winner] = (await contenders[winner]?.replaced()) ?? rival ?? contenders[0] ?? never()
  else expect(await contenders[winner]?.ask('close')).toBe('closed')
  expect(await rival?.ask(`open ${dir}`)).toBe('open')
  expect(await rival?.ask('close')).toBe('closed')
  rmSync(dir, { recursive: true })
}

/** What a dead process has left: rubbish, its note, or that of a process whose number somebody else has now. */
async function plantStale(dir: string, kind: number): Promise<void> {
  const { writer } = await jsonlStorage({ dir, ballastBytes: 0 }).openWriter('left')
  await writer.close()
  const note = { host: hostname(), owner: 'left', since: '2020-01-01T00:00:00.000Z', nonce: 'n', method: 'flock' }
  const contents = [
    'half a no',
    JSON.stringify({ ...note, pid: 999_999 }),
    JSON.stringify({ ...note, pid: process.pid }),
  ]
  writeFileSync(join(dir, 'LOCK'), contents[kind] ?? '')
}

/** A holder that does nothing for ten seconds is a holder still, and goes on afterwards. */
async function holderStopped(): Promise<void> {
  const holder = new Contender(join(folder, 'contender.mjs'))
  try {
    const dir = join(folder, 'stopped')
    expect(await holder.ask(`open ${dir}`)).toBe('open')
    holder.signal('SIGSTOP')
    await pause(stoppedMs)
    await expect(jsonlStorage({ dir }).openWriter('rival')).rejects.toMatchObject({ code: 'LOCKED' })
    holder.signal('SIGCONT')
    expect(await holder.ask('append')).toBe('appended')
    expect(await holder.ask('close')).toBe('closed')
    const { writer, recovery } = await jsonlStorage({ dir }).openWriter('next')
    expect(recovery).toMatchObject({ clean: true, lastSeq: 1 })
    await writer.close()
  } finally {
    holder.kill()
  }
}

function never(): never {
  throw new Error('there are always eight contenders')
}
