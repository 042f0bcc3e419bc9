import { StatewardError } from '@stateward/contract'
import type { Environment } from '../environment/environment.ts'
import type { Manifest } from '../format/manifest.ts'
import { ptrBounds } from '../format/ptr.ts'
import { writeManifest } from './manifest-file.ts'

/** A writer's manifest: what is published, and the one way to change it. */
export class ManifestKeeper {
  readonly #environment: Environment
  readonly #dir: string
  #current: Manifest
  #lastSegment: number
  #turn: Promise<unknown> = Promise.resolve()

  constructor(environment: Environment, dir: string, manifest: Manifest) {
    this.#environment = environment
    this.#dir = dir
    this.#current = manifest
    this.#lastSegment = manifest.segments.reduce((most, { segment }) => Math.max(most, segment), 0)
  }

  /** As it was last published. */
  get current(): Manifest {
    return this.#current
  }

  /** A number that no file has had. Throws `UNSUPPORTED` when there is none left for a pointer to name. */
  newSegment(): number {
    if (this.#lastSegment >= ptrBounds.segment) {
      throw new StatewardError(
        'UNSUPPORTED',
        `a store has at most ${ptrBounds.segment} segments: export it into a new one.`,
      )
    }
    return ++this.#lastSegment
  }

  /** Makes the manifest what `change` makes of it, for good. Changes take place one after the other, in the order of the calls. */
  publish(change: (manifest: Manifest) => Manifest): Promise<void> {
    const published = this.#turn.then(async () => {
      const next = change(this.#current)
      await writeManifest(this.#environment, this.#dir, next)
      this.#current = next
    })
    this.#turn = published.catch(() => {})
    return published
  }
}
