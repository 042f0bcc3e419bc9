import { setImmediate as nextTurn } from 'node:timers/promises'
import { boot, Died, SimClock, SimMedium, seededPick } from '@stateward/conformance'
import { hasCode, type Seq } from '@stateward/contract'
import type { State } from '@stateward/core'
import { expect } from 'vitest'
import { compareOutcome, settled } from '../../../core/test/compare-outcome.ts'
import type { Call } from '../../../core/test/model-store.ts'
import type { TinyDomain } from '../../../core/test/tiny-domain.ts'
import { compareQuery, compareRecords, compareWhole, type Records, recordsOf } from './compare-store.ts'
import { openModelStore } from './open-model-store.ts'
import { isFailure, isRefusal } from './refusal.ts'
import { resend } from './resend.ts'
import { type Answered, answered, asTransaction, type Sent, send, transacted } from './send.ts'
import type { Crash, Plan, Step } from './step.ts'
import { TrackedModel } from './tracked-model.ts'

const roomCheckMs = 1_000

/** A store on a simulated disk beside its model: carries out steps on both, and compares. */
export class StoreWorld {
  readonly #plan: Plan
  readonly #model = new TrackedModel()
  #medium = new SimMedium()
  #clock = new SimClock()
  #lives = 0
  #sendings = 0
  #state: State<TinyDomain> | undefined
  #snapshot: { readonly name: string; readonly records: Records } | undefined

  constructor(plan: Plan) {
    this.#plan = plan
  }

  async run(): Promise<void> {
    await this.#open()
    for (const [at, step] of this.#plan.steps.entries()) {
      await this.#step(step).catch((cause: unknown) => {
        throw new Error(`step ${at}, ${step.do}: ${cause instanceof Error ? cause.message : cause}`, { cause })
      })
    }
    await this.#end()
  }

  /** What opening, closing and reading all of the history take is most of a short life: three of four end with their process. */
  async #end(): Promise<void> {
    if (this.#plan.endsInReopening) {
      await this.#reopen(() => compareWhole(this.#opened, this.#model.store, this.#plan.retention))
      return this.#opened.close()
    }
    await this.#compareSnapshot()
    await compareRecords(this.#opened, recordsOf(this.#model.store))
    this.#medium.kill()
  }

  get #opened(): State<TinyDomain> {
    if (this.#state === undefined) throw new Error('the store is not open')
    return this.#state
  }

  get #now(): string {
    return new Date(this.#clock.now()).toISOString()
  }

  async #step(step: Step): Promise<void> {
    switch (step.do) {
      case 'calls':
        return this.#answered(this.#send(step.calls))
      case 'transaction':
        return this.#transaction(step.calls)
      case 'compact beside': {
        const compacting = this.#opened.compact()
        await this.#answered(this.#send(step.calls))
        await compacting
        return
      }
      case 'query':
        await compareQuery(this.#opened, this.#model.store.live('task'), step)
        if (this.#snapshot !== undefined)
          await compareQuery(this.#opened, this.#snapshot.records.task ?? [], step, this.#snapshot.name)
        return
      case 'set clock':
        this.#clock.step(step.ms)
        return
      case 'pass':
        this.#clock.pass(step.ms)
        return
      case 'compact':
        expect((await this.#opened.compact()).upTo).toBe(this.#model.lastSeq)
        return this.#model.allDurable()
      case 'flush':
        await this.#opened.flush()
        return this.#model.allDurable()
      case 'reopen':
        return this.#reopen()
      case 'snapshot':
        return this.#turnSnapshot()
      case 'crash':
        return this.#crash(step)
      case 'fail':
        return this.#fail(step)
      case 'full':
        return this.#full(step)
      default:
        step satisfies never
    }
  }

  #send(calls: readonly Call[]): readonly Sent[] {
    return send(this.#opened, { model: this.#model, calls, now: this.#now })
  }

  /** Sends calls that may come to be sent again. */
  #sendKnown(calls: readonly Call[]): readonly Sent[] {
    return send(this.#opened, { model: this.#model, calls, now: this.#now, txids: `t${++this.#sendings}` })
  }

  /** Every answer is that of the model. */
  async #answered(sent: readonly Sent[]): Promise<void> {
    for (const { call, outcome, found } of sent) compareOutcome(call, await found, outcome)
    this.#acknowledged(this.#model.lastSeq)
  }

  #acknowledged(seq: Seq): void {
    this.#model.acknowledged = Math.max(this.#model.acknowledged, seq)
    if (this.#plan.durability === 'commit') this.#model.durable = this.#model.acknowledged
  }

  async #transaction(calls: readonly Call[]): Promise<void> {
    const ops = asTransaction(calls)
    const { outcome } = this.#model.predict({ kind: 'transact', ops }, this.#now)
    const found = await settled(transacted(this.#opened, ops))
    // The model looks at the fields of all operations first, a transaction at one operation after the other.
    if ('code' in outcome) expect(found, `a transaction that is ${outcome.code}`).toHaveProperty('reason.code')
    else compareOutcome({ kind: 'transact', ops }, found, outcome)
    this.#acknowledged(this.#model.lastSeq)
  }

  /** The process dies in the middle of these calls, and its successors perhaps in the middle of recovery. */
  async #crash({ calls, compacts, at, again, powerCut }: Crash): Promise<void> {
    this.#dieAt(at)
    const compacting = compacts ? settledAny(this.#opened.compact()) : undefined
    const answers = await answered(this.#sendKnown(calls))
    await compacting
    this.#state = undefined
    this.#cut(powerCut)
    for (const { seq, found } of answers) if (seq !== undefined && 'answer' in found) this.#acknowledged(seq)
    if (again !== undefined) {
      this.#dieAt(again)
      await settledAny(this.#open())
      this.#state = undefined
      this.#cut(powerCut)
    }
    await this.#open()
    await this.#settle(answers, powerCut === undefined ? this.#model.acknowledged : this.#model.durable)
    this.#model.allDurable()
    await this.#resend(answers)
  }

  /** Whoever does not know what became of a call sends it again: it is there once. */
  async #resend(answers: readonly Answered[]): Promise<void> {
    await resend(this.#opened, { model: this.#model, answers, now: this.#now })
    this.#acknowledged(this.#model.lastSeq)
  }

  #dieAt(at: number): void {
    const medium = this.#medium
    const start = medium.steps
    // As on a real disk, whatever does not wait for a call goes on before it: what is acknowledged too early shows.
    medium.onCall = () => nextTurn()
    medium.onStep = ({ step }) => {
      if (step < start + at) return undefined
      medium.kill()
      throw new Died('killed')
    }
  }

  /** Ends the process, with or without the power. */
  #cut(powerCut: number | undefined): void {
    this.#medium.kill()
    this.#medium.onStep = () => undefined
    this.#medium.onCall = undefined
    if (powerCut !== undefined) this.#medium = this.#medium.afterPowerCut(seededPick(powerCut))
  }

  /** What the store holds is a prefix of what was given, not before `least`, and the answers fit it. The model goes back to it. */
  async #settle(answers: readonly Answered[], least: Seq): Promise<void> {
    const { lastSeq } = await this.#opened.stats()
    expect(lastSeq, 'what was acknowledged is there').toBeGreaterThanOrEqual(least)
    expect(lastSeq, 'what was never given is not there').toBeLessThanOrEqual(this.#model.lastSeq)
    for (const { call, seq, outcome, found } of answers) {
      if ('answer' in found) compareOutcome(call, found, outcome)
      else if (seq !== undefined && isRefusal(found.reason))
        expect(lastSeq, `what was refused is not there: ${found.reason}`).toBeLessThan(seq)
      else if (!isFailure(found.reason)) compareOutcome(call, found, outcome)
    }
    this.#model.rewind(lastSeq)
    await compareRecords(this.#opened, recordsOf(this.#model.store))
  }

  /** The disk fails once. A store that stops because of that is opened again in place. */
  async #fail({ calls, at, isSync }: Extract<Step, { do: 'fail' }>): Promise<void> {
    let count = 0
    this.#medium.onStep = ({ operation }) =>
      (!isSync || operation === 'datasync') && ++count === at ? { fail: 'EIO' } : undefined
    const answers = await answered(this.#sendKnown(calls))
    await settledAny(this.#opened.flush())
    this.#medium.onStep = () => undefined
    for (const { seq, found } of answers) if (seq !== undefined && 'answer' in found) this.#acknowledged(seq)
    const isStopped = (await this.#opened.stats()).health === 'failed'
    if (isStopped) await this.#opened.reopen()
    await this.#settle(answers, this.#model.acknowledged)
    if (isStopped) this.#model.allDurable()
    await this.#resend(answers)
    await this.#compareSnapshot()
  }

  /** The disk is full for a while: what finds no room is FULL and not there, and later writes are taken again. */
  async #full({ calls, room, compacts }: Extract<Step, { do: 'full' }>): Promise<void> {
    const files = [...new Set(this.#medium.files().values())]
    this.#medium.capacityBytes = files.reduce((sum, { size }) => sum + size, 0) + room
    if (compacts) await this.#opened.compact().then(() => this.#model.allDurable(), unlessFull)
    for (const call of calls) {
      const before = this.#model.lastSeq
      const [sent] = this.#send([call])
      const found = await sent?.found
      if (sent === undefined || found === undefined) continue
      if ('reason' in found && hasCode(found.reason, 'FULL')) this.#model.rewind(before)
      else compareOutcome(call, found, sent.outcome)
      this.#acknowledged(this.#model.lastSeq)
    }
    await compareRecords(this.#opened, recordsOf(this.#model.store))
    this.#medium.capacityBytes = Number.MAX_SAFE_INTEGER
    for (let turn = 0; (await this.#opened.stats()).health === 'full'; turn++) {
      expect(turn, 'a store that has room again takes writes again').toBeLessThan(100)
      if (turn === 0) this.#clock.pass(roomCheckMs)
      await nextTurn()
    }
    expect((await this.#opened.stats()).health).toBe('ok')
  }

  async #turnSnapshot(): Promise<void> {
    if (this.#snapshot !== undefined) {
      await this.#compareSnapshot()
      await this.#opened.ask('release', { snapshot: this.#snapshot.name })
      this.#snapshot = undefined
      return
    }
    const { snapshot, seq } = await this.#opened.ask('snapshot', {})
    expect(seq).toBe(this.#model.lastSeq)
    this.#snapshot = { name: snapshot, records: recordsOf(this.#model.store) }
  }

  async #compareSnapshot(): Promise<void> {
    if (this.#snapshot !== undefined) await compareRecords(this.#opened, this.#snapshot.records, this.#snapshot.name)
  }

  async #open(): Promise<void> {
    this.#snapshot = undefined
    const clock = new SimClock()
    clock.step(this.#clock.now() - clock.now())
    this.#clock = clock
    this.#state = await openModelStore(this.#plan, { disk: boot(this.#medium), clock, seed: ++this.#lives })
  }

  async #reopen(compare = () => compareRecords(this.#opened, recordsOf(this.#model.store))): Promise<void> {
    await this.#compareSnapshot()
    await this.#opened.close()
    await this.#open()
    this.#model.allDurable()
    expect((await this.#opened.stats()).lastSeq).toBe(this.#model.lastSeq)
    await compare()
  }
}

const settledAny = (promise: Promise<unknown>): Promise<unknown> => promise.catch(() => undefined)

function unlessFull(error: unknown): void {
  if (!hasCode(error, 'FULL')) throw error
}
