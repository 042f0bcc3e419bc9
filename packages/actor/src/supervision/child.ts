import type { StopOptions, StopReport } from '../actor.ts'
import type { Crash } from './crash.ts'

/** An actor or a supervisor, as its parent sees it. Once it is stopping nothing but its end happens to it. */
export interface Child {
  /** Its path, unique in the tree. */
  readonly name: string
  /** Handles no further message until it is begun anew. */
  suspend(): void
  /** Ends what runs now: what is in hand is finished, or given up when that takes too long. The queue stays. Never rejects. */
  rest(cause: unknown): Promise<void>
  /** Begins anew, with a fresh state. */
  begin(): void
  stop(options?: StopOptions): Promise<StopReport>
  /** Stops it for good because it, or what it rests on, has crashed: its queue is `CLOSED`. */
  giveUp(cause: unknown): Promise<StopReport>
}

/** Whoever has children. */
export interface Parent {
  /** The child is suspended. `resume` lets it go on as it is, where it can. */
  crashed(child: Child, crash: Crash, resume: (() => void) | undefined): void
  /** The child has ended. */
  left(child: Child): void
}
