import { performance } from 'node:perf_hooks'
import { grouped } from './board.ts'
import { type DemoState, openDemoState } from './demo-state.ts'
import type { Input } from './input.ts'
import { measureQueries } from './latency.ts'
import { Ledger } from './ledger.ts'
import { LiveBoard } from './live-board.ts'
import { loadPlan } from './load-plan.ts'
import { createRecords, inspectFile, layBeside, type OwnFile } from './own-file.ts'
import { changedOwn, countOwn, noteOwnRecords, type OwnRecords } from './own-records.ts'
import type { Palette } from './paint.ts'
import { Progress } from './progress.ts'
import { holds, type KillReport, type Proof, proofLines } from './proof.ts'
import { recoveryLines } from './recovery-lines.ts'
import type { Screen } from './screen.ts'
import { WriterLife } from './writer-life.ts'

export interface DemoOptions {
  readonly input: Input
  readonly screen: Screen
  readonly paint: Palette
  /** One step of work takes so long. */
  readonly stepMs: number
  /** So long the writer writes as fast as it can before it is killed. */
  readonly burstMs: number
  readonly signal: AbortSignal
}

/** What is left to look at. */
export interface DemoEnd {
  /** Whether nothing that was promised is missing. */
  readonly holds: boolean
  /** A spec of the plan, for commands to try. */
  readonly specId: string
}

/**
 * The main job: a plan is carried through by a writer that is killed half-way, and what the store had acknowledged is
 * compared with what is found. Resolves with whether everything is there; rejects when a step could not be made.
 */
export async function runDemo(options: DemoOptions): Promise<DemoEnd> {
  const demo = new Demo(options)
  await demo.prepare()
  const kill = await demo.firstLife()
  await demo.recover(kill)
  await demo.secondLife()
  return demo.prove(kill)
}

/** What the recovery has said stays in sight while the plan goes on. */
const linesOfRecovery = 8

class Demo {
  readonly #options: DemoOptions
  readonly #started = performance.now()
  readonly #progress = new Progress()
  readonly #ledger = new Ledger()
  #planId = ''
  #types: readonly string[] = []
  #own: OwnRecords = new Map()
  #lastSeqBefore = 0
  #writingMs = 0
  #burstRate = 0
  #killed: KillReport | undefined

  constructor(options: DemoOptions) {
    this.#options = options
  }

  /** Takes in the user's file, if there is one, and writes the plan. */
  async prepare(): Promise<void> {
    const { input, screen, paint } = this.#options
    screen.say(paint.bold('Stateward: state that is kept, queried, killed and recovered'))
    this.#row('directory', input.dir)
    const file = input.file === undefined ? undefined : await inspectFile(input.file)
    this.#types = (file?.types ?? []).filter((type) => !['plan', 'spec', 'phase', 'execution'].includes(type))
    if (file?.form === 'log') await layBeside(file, input.dir)
    await this.#open(async (state) => {
      if (file !== undefined) await this.#takeIn(file, state)
      this.#own = await noteOwnRecords(state)
      const started = performance.now()
      const { planId, specs, phases } = await loadPlan(state)
      this.#planId = planId
      this.#progress.load(specs, await state.phase.where({ spec_id: { in: specs.map(({ id }) => id) } }).all())
      this.#lastSeqBefore = (await state.stats()).lastSeq
      const ms = Math.round(performance.now() - started)
      this.#row('plan', `${specs.length} specs that wait for each other, ${phases} phases; on the disk after ${ms} ms`)
    })
    screen.say()
  }

  async #takeIn(file: OwnFile, state: DemoState): Promise<void> {
    const started = performance.now()
    if (file.form === 'records') await createRecords(file, state)
    const { records, commits } = await state.stats()
    const how = file.form === 'log' ? 'adopted as history' : 'created in bulk'
    const ms = Math.round(performance.now() - started)
    this.#row(
      'your file',
      `${grouped(file.lines)} lines, ${how}: ${grouped(records)} records, ${grouped(commits)} commits, ${ms} ms`,
    )
    for (const type of file.types) {
      const count = await state.ask('count', { type })
      this.#row('', `${grouped(count)} of type ${type}`)
    }
  }

  /** Lets a writer work until half of the plan is done, then kills it in the middle of a burst of writes. */
  async firstLife(): Promise<KillReport> {
    const { screen, burstMs } = this.#options
    const life = this.#beginLife('carry the plan through', 0)
    await life.until(() => this.#progress.count('completed') >= this.#progress.specs.size / 2)
    const before = { commits: this.#progress.commits, at: performance.now() }
    life.writer.tell({ kind: 'burst' })
    await life.until(() => this.#progress.commits > before.commits && performance.now() - before.at >= burstMs)
    const { underWay } = this.#progress
    life.writer.kill()
    const { signal } = await life.end()
    this.#burstRate = (this.#progress.commits - before.commits) / ((performance.now() - before.at) / 1_000)
    screen.say()
    if (signal !== 'SIGKILL')
      throw new Error(`expected the writer to be killed, found that it ended by itself (${signal})`)
    return { pid: life.writer.pid, acknowledged: this.#progress.commits, onDisk: 0, underWay, tornBytes: 0 }
  }

  /** Opens the log that the killed writer has left, and compares. */
  async recover(kill: KillReport): Promise<void> {
    const { screen, paint } = this.#options
    const started = performance.now()
    await this.#open(async (state) => {
      const openedMs = performance.now() - started
      const { recovery } = state
      const comparison = await this.#ledger.compare(state)
      const tornBytes = recovery.quarantined.reduce((sum, { bytes }) => sum + bytes, 0)
      this.#killed = { ...kill, onDisk: recovery.lastSeq - this.#lastSeqBefore, tornBytes }
      for (const line of recoveryLines({ kill: this.#killed, recovery, comparison, openedMs }, paint)) screen.say(line)
    })
    screen.say()
  }

  /** A second writer takes the plan up again and brings it to its end. */
  async secondLife(): Promise<void> {
    const life = this.#beginLife('take up what was begun, and go on', linesOfRecovery)
    const { code } = await life.end()
    this.#options.screen.say()
    if (code !== 0) throw new Error(`expected the second writer to end well, found exit code ${code}`)
  }

  async prove(kill: KillReport): Promise<DemoEnd> {
    const { screen, paint } = this.#options
    return this.#open(async (state) => {
      const groups = await state.spec.where({ plan_id: this.#planId }).groupBy('status')
      const count = (status: string): number => groups.find(({ value }) => value === status)?.count ?? 0
      const total = groups.reduce((sum, group) => sum + group.count, 0)
      const [completed, failed] = [count('completed'), count('failed')]
      const proof: Proof = {
        verified: await state.verify(),
        latency: await measureQueries(state, this.#planId),
        comparison: await this.#ledger.compare(state),
        stats: await state.stats(),
        commitsAcknowledged: this.#ledger.commits,
        kill: this.#killed ?? kill,
        writingMs: this.#writingMs,
        burstRate: this.#burstRate,
        ownRecords: countOwn(this.#own),
        ownChanged: await changedOwn(state, this.#own),
        specs: { completed, failed, open: total - completed - failed },
      }
      for (const line of proofLines(proof, paint)) screen.say(line)
      const last = await state.spec
        .where({ plan_id: this.#planId, status: 'completed' })
        .orderBy('updated_at', 'desc')
        .first()
      return { holds: holds(proof), specId: last?.id ?? '' }
    })
  }

  #beginLife(what: string, linesAbove: number): WriterLife {
    const { input, screen, paint, stepMs, signal } = this.#options
    const life = new WriterLife({
      orders: { dir: input.dir, planId: this.#planId, types: this.#types, stepMs },
      signal,
      heard: (writes, commits, underWay) => {
        this.#ledger.add(writes, commits)
        this.#progress.take(writes, commits, underWay)
      },
      ended: (ms) => {
        this.#writingMs += ms
        board.stop()
      },
    })
    const title = `Six workers in process ${life.writer.pid} ${what}`
    const board = new LiveBoard({ screen, progress: this.#progress, paint, title, started: this.#started, linesAbove })
    return life
  }

  async #open<T>(use: (state: DemoState) => Promise<T>): Promise<T> {
    const state = await openDemoState(this.#options.input.dir, this.#types)
    try {
      return await use(state)
    } finally {
      await state.close()
    }
  }

  #row(name: string, text: string): void {
    this.#options.screen.say(`  ${name.padEnd(14)} ${text}`)
  }
}
