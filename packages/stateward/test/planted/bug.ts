import type { Patch } from './bundle-with.ts'
import type { CrashRange } from './crash-layer.ts'
import type { Layer } from './layers.ts'

/** A bug that is put into the source on purpose, to see that somebody finds it. */
export interface Bug extends Patch {
  /** What the bug does, after "the store": `acknowledges before the sync`. */
  readonly name: string
  /** A bug of this kind that others have had. */
  readonly like?: string
  /** Where the layer `crash` has found it first: looking from there on takes less time. */
  readonly crash?: CrashRange
  /** The layers that find it, the quickest first: each is held to it. */
  readonly foundBy: readonly [Layer, ...Layer[]]
}
