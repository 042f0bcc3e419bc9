import { createHash } from 'node:crypto'
import { boot, type Pick, type SimMedium } from '@stateward/conformance'
import type { LogWriter, Quarantined, Seq } from '@stateward/contract'
import { recordOf } from '../records.ts'
import type { CrashPoint } from './crash-points.ts'
import type { Truth } from './ledger.ts'
import { expectThat, servedBy, within } from './served-by.ts'
import { type MakeStorage, simStorage } from './sim-storage.ts'

/** What a recovery served and kept aside. */
interface Recovered {
  readonly served: Seq
  readonly quarantined: readonly Quarantined[]
  readonly writer: LogWriter
}

interface Look {
  readonly truth: Truth
  /** Commits that must be there. */
  readonly least: Seq
  /** Whether to verify the whole store as well. */
  readonly isThorough?: boolean
}

/** More steps than a recovery has. */
const recoverySteps = 30

/** Looks at what becomes of crash points; counts the recoveries that it has looked at wholly. */
export class Recoveries {
  count = 0
  readonly #pick: Pick
  readonly #make: MakeStorage | undefined

  constructor(pick: Pick, make?: MakeStorage) {
    this.#pick = pick
    this.#make = make
  }

  /**
   * Everything that may happen at a crash point: a new process, power cuts, and in one of these recoveries a second
   * crash at one of its steps, with and without a power cut. What is served once must survive the next power cut.
   * Rejects when a promise is broken.
   */
  async lookAt({ medium, truth, when }: CrashPoint, powerCuts = 3): Promise<void> {
    const crashesIn = this.#pick(powerCuts + 1)
    for (let cut = 0; cut <= powerCuts; cut++) {
      const left = cut === 0 ? forkOf(medium) : this.#cutOff(medium)
      const look = { truth, least: cut === 0 ? truth.acknowledged : truth.durable }
      const context = cut === 0 ? when : `${when}, power cut ${cut}`
      await within(context, cut === crashesIn ? this.#twice(left, look) : this.#once(left, look))
    }
  }

  async #once(medium: SimMedium, look: Look): Promise<void> {
    const before = await this.#recovered(medium, { ...look, isThorough: this.#pick(8) === 0 })
    if (this.#pick(8) > 0) return this.#survives(medium, before, look.truth)
    const { writer, served } = before
    const record = recordOf(`new ${served + 1}`)
    await writer.append([record], { expectedSeq: served, commitId: 'new', durability: 'commit' })
    const all = served + 1
    const given = [...look.truth.given.slice(0, served), record]
    await this.#survives(medium, { ...before, served: all }, { given, acknowledged: all, durable: all, most: all })
  }

  /** The same, and a second crash at one of the steps of the recovery. */
  async #twice(medium: SimMedium, look: Look): Promise<void> {
    const at = 1 + this.#pick(recoverySteps)
    const { onStep } = medium
    const before = medium.steps
    const forks: SimMedium[] = []
    medium.onStep = (step) => {
      if (step.step === before + at) forks.push(Object.assign(medium.fork(), { onStep }))
      return onStep(step)
    }
    const whole = await this.#recovered(medium, look)
    medium.onStep = onStep
    await this.#survives(medium, whole, look.truth)
    for (const fork of forks) {
      await within(`killed before step ${at} of the recovery`, this.#recovered(forkOf(fork), look))
      const after = this.#cutOff(fork)
      const { truth } = look
      await within(
        `power cut before step ${at} of the recovery`,
        this.#recovered(after, { truth, least: truth.durable }).then((third) => this.#survives(after, third, truth)),
      )
    }
  }

  /** Opens what a crash left and looks at every promise. */
  async #recovered(medium: SimMedium, { truth, least, isThorough = false }: Look): Promise<Recovered> {
    const options = this.#make === undefined ? {} : { make: this.#make }
    const { writer, recovery } = await simStorage(boot(medium), options).openWriter('recovery')
    const served = await servedBy(writer, truth.given)
    expectThat(served >= least, () => `${least} commits were acknowledged, ${served} are served`)
    expectThat(served <= truth.most, () => `at most ${truth.most} commits were given, ${served} are served`)
    expectThat(recovery.lastSeq === served, () => `the report says ${recovery.lastSeq}, ${served} are served`)
    if (isThorough) {
      const { ok, damage } = await writer.verify()
      expectThat(ok, () => `what was recovered does not verify: ${JSON.stringify(damage)}`)
    }
    this.count++
    return { served, quarantined: recovery.quarantined, writer }
  }

  /** What was served once, and what was said to be kept aside, is there after the next power cut too. */
  async #survives(medium: SimMedium, before: Recovered, truth: Truth): Promise<void> {
    const after = this.#cutOff(medium)
    const { served } = await within(
      'a power cut after the recovery',
      this.#recovered(after, { truth, least: truth.durable }),
    )
    expectThat(served === before.served, () => `${before.served} were served, after the next power cut ${served}`)
    for (const { keptIn, sha256 } of before.quarantined) {
      const found = createHash('sha256')
        .update(after.file(`/store/${keptIn}`).bytes)
        .digest('hex')
      expectThat(found === sha256, () => `${keptIn} was kept aside, and is another after the next power cut`)
    }
  }

  #cutOff(medium: SimMedium): SimMedium {
    return Object.assign(medium.afterPowerCut(this.#pick), { onStep: medium.onStep })
  }
}

function forkOf(medium: SimMedium): SimMedium {
  return Object.assign(medium.fork(), { onStep: medium.onStep })
}
