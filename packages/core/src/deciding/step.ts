import type { Entity, JsonObject, Seq } from '@stateward/contract'

/** One change that a caller asks for, checked at the door: plain, frozen, of a known type. */
export type Step =
  | CreateStep
  | UpdateStep
  | DeleteStep
  | RestoreStep
  | LoadStep
  | TakeCursorStep
  | AckStep
  | DropCursorStep

export interface StepTarget {
  readonly type: string
  readonly entity: Entity
  readonly id: string
}

export interface CreateStep extends StepTarget {
  readonly op: 'create'
  /** Whether the store made the id, because the caller gave none. */
  readonly idMade: boolean
  /** Fields as they will be stored, system fields aside. */
  readonly fields: JsonObject
  readonly createdAt: string | undefined
  readonly updatedAt: string | undefined
}

export interface Forcing {
  readonly force: boolean
  readonly cascade: boolean
}

export interface UpdateStep extends StepTarget, Forcing {
  readonly op: 'update'
  /** May hold `created_at` and `updated_at`. */
  readonly changes: JsonObject
  readonly unset: readonly string[]
  readonly expectedRev: number | undefined
  /** The table of transitions does not count: a forced undo goes back by a way that there is not. */
  readonly isBack?: boolean
}

export interface DeleteStep extends StepTarget, Forcing {
  readonly op: 'delete'
  readonly expectedRev: number | undefined
}

export interface RestoreStep extends StepTarget {
  readonly op: 'restore'
  /** The rev of the deletion that is undone. */
  readonly expectedRev?: number
}

/** A record as an export holds it. */
export interface LoadStep extends StepTarget {
  readonly op: 'load'
  /** The whole record but for `rev`. */
  readonly data: JsonObject
}

export interface TakeCursorStep extends StepTarget {
  readonly op: 'takeCursor'
  readonly token: string
  readonly since: Seq
}

export interface AckStep extends StepTarget {
  readonly op: 'ack'
  readonly token: string
  readonly seq: Seq
  readonly at: number | undefined
}

export interface DropCursorStep extends StepTarget {
  readonly op: 'dropCursor'
  /** Of whom it is taken away; absent: of whoever has it. */
  readonly token: string | undefined
}
