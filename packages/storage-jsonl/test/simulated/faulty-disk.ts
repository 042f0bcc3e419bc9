import { boot, SimMedium, seededPick } from '@stateward/conformance'
import type { Seq } from '@stateward/contract'
import { DiskFault, type FaultPlan, faultsOf } from './disk-fault.ts'
import { assertCache, FaultyWork, faultyMixes } from './faulty-work.ts'
import { expectThat, servedBy, within } from './served-by.ts'
import { simStorage } from './sim-storage.ts'

/** More turns of the event loop than anything waits for here. */
const turnsMax = 200_000

/**
 * One workload, each of its calls failing in each way. Resolves with how many failures were looked at; rejects with the
 * promise that was broken, and where.
 */
export async function failEveryCall(seed: number, most: number = Number.POSITIVE_INFINITY): Promise<number> {
  const calls = await callsOf(seed)
  let looked = 0
  for (const [index, call] of calls.entries()) {
    if (looked >= most) break
    for (const kind of faultsOf(call)) {
      for (const isForGood of [false, true]) {
        const what = `call ${index + 1} of ${calls.length} is ${kind}, ${isForGood ? 'for good' : 'once'}`
        await within(what, settled(failOneCall(seed, { at: index + 1, kind, isForGood })))
        looked++
      }
    }
  }
  return looked
}

async function callsOf(seed: number): Promise<DiskFault['calls']> {
  const medium = new SimMedium()
  const fault = new DiskFault(medium)
  const work = new FaultyWork(medium, { fault, pick: seededPick(seed) })
  for (const action of mixOf(seed)) await work.act(action)
  await work.close()
  return fault.calls
}

function mixOf(seed: number): (typeof faultyMixes)[number] {
  return faultyMixes[(seed - 1) % faultyMixes.length] ?? []
}

async function failOneCall(seed: number, plan: FaultPlan): Promise<void> {
  const medium = new SimMedium()
  const fault = new DiskFault(medium, plan)
  const work = new FaultyWork(medium, { fault, pick: seededPick(seed) })
  const pick = seededPick(seed * 100_003 + plan.at)
  let left = 1 + pick(3)
  for (const action of mixOf(seed)) {
    await work.act(action)
    if (fault.failed !== undefined && --left === 0) break
  }
  if (fault.failed === undefined) await work.close()
  const { failed } = fault
  expectThat(failed !== undefined, () => 'the call was not made')
  await within(failed ?? '', assertHeld({ medium, fault, work, plan, pick }))
}

interface Failed {
  readonly medium: SimMedium
  readonly fault: DiskFault
  readonly work: FaultyWork
  readonly plan: FaultPlan
  readonly pick: (below: number) => number
}

/** What must hold once a call has failed: of the process that lives on, and of what a kill and a power cut leave. */
async function assertHeld({ medium, fault, work, plan, pick }: Failed): Promise<void> {
  const { given } = work
  // A full disk can be read; one on which nothing can be opened or read, when it is repaired.
  if (plan.isForGood && plan.kind !== 'ENOSPC') fault.repair()
  await assertReads(work)
  fault.repair()
  const truth = { given: [...given], acknowledged: work.acknowledged, durable: work.durable }
  const killed = medium.fork()
  const served = await within('killed', assertRecovers(killed, truth, truth.acknowledged))
  if (pick(4) === 0) {
    const cut = await within('killed, then a power cut', assertRecovers(killed.afterPowerCut(pick), truth, served))
    expectThat(cut === served, () => `${served} were served, after the next power cut ${cut}`)
  }
  await within('power cut', assertRecovers(medium.afterPowerCut(pick), truth, truth.durable))
  await within('lives on', assertGoesOn(work))
  if (pick(4) > 0) return
  await within('power cut after it went on', assertRecovers(medium.afterPowerCut(pick), work, work.durable))
}

/** Reads go on, of all that is acknowledged and of nothing else. */
async function assertReads({ writer, given, acknowledged }: FaultyWork): Promise<void> {
  if (writer === undefined) return
  const served = await servedBy(writer, given)
  expectThat(served === acknowledged, () => `${acknowledged} were acknowledged, ${served} are served`)
  await assertCache(writer, given)
}

/** On a disk that works again, writes are taken again: by this writer or, where it has stopped, by the next one. */
async function assertGoesOn(work: FaultyWork): Promise<void> {
  await work.pass()
  if ((await work.writer?.stats())?.health === 'failed') {
    const told = await work.appendOne()
    expectThat(told === 'STORAGE_FAILED', () => `a writer that has stopped says ${told}`)
    await work.close()
  }
  if (work.writer === undefined) await work.open()
  const told = await work.appendOne()
  expectThat(told === undefined, () => `an append on a disk that works again is told ${told}`)
  await assertReads(work)
}

interface Truth {
  readonly given: readonly Buffer[]
}

/** A new process serves at least `least`, all of it sound. Resolves with how many it serves. */
async function assertRecovers(medium: SimMedium, { given }: Truth, least: Seq): Promise<Seq> {
  const served = await recovered(medium, given)
  expectThat(served >= least, () => `${least} were acknowledged, ${served} are served`)
  return served
}

async function recovered(medium: SimMedium, given: readonly Buffer[]): Promise<Seq> {
  const { writer } = await simStorage(boot(medium)).openWriter('recovery')
  await assertCache(writer, given)
  return servedBy(writer, given)
}

/** Rejects when nothing goes on any more and `work` has not come to its end: a promise that never settles. */
async function settled<T>(work: Promise<T>): Promise<T> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  const watch = async (): Promise<never> => {
    for (let turn = 0; turn < turnsMax && !isDone; turn++) await new Promise((resolve) => setImmediate(resolve))
    if (isDone) return new Promise(() => {})
    throw new Error('a promise does not settle')
  }
  return Promise.race([done, watch()])
}
