/**
 * What a parent does with a child that crashed. In each case the caller of the message in hand has heard `UNKNOWN`.
 *
 * - `restart`: what runs is ended and begun anew after a pause. The queue waits; its deadlines run on.
 * - `resume`: it goes on with the next message, with its state as it is. Only after a message: else it is restarted.
 * - `stop`: it is ended. Whoever waits hears `CLOSED`.
 * - `escalate`: the parent itself has crashed, and its parent decides. At the root everything is ended.
 */
export type Directive = 'restart' | 'resume' | 'stop' | 'escalate'

/** `one-for-one`: only the child that crashed is restarted. `one-for-all`: all children are, because they rest on each other. */
export type Strategy = 'one-for-one' | 'one-for-all'

export interface Crash {
  /** Who crashed: its path. */
  readonly actor: string
  /** `start`: it did not come up. `message`: a handler threw or hung. `children`: one of its children was restarted too often, or escalated. */
  readonly during: 'start' | 'message' | 'children'
  readonly error: unknown
}

/** How a parent deals with its children. */
export interface Supervision {
  /** `one-for-one` by default. */
  readonly strategy?: Strategy
  /** `restart` by default. One that throws, or says anything else, has escalated. */
  readonly decide?: (crash: Crash) => Directive
  readonly restart?: Partial<RestartPolicy>
}

export interface RestartPolicy {
  /** Restarts within `withinMs`, from 0; one more is an escalation. Counted for each child, with `one-for-all` for all together. */
  readonly atMost: number
  readonly withinMs: number
  /** Before the first restart in the window; twice as long before each further one. */
  readonly backoffMs: number
  readonly maxBackoffMs: number
  /** From 0 to 1: which part of the pause is left to chance, so that those who crashed together do not come back together. */
  readonly jitter: number
}
