/** What a handler does with a message. `late`: answers when it is scheduled. `ask`: asks another actor first. */
export type Deed = 'answer' | 'late' | 'throw' | 'reject' | 'hang' | 'ask'

export interface Job {
  /** Rises with the order of sending. */
  readonly id: number
  readonly deed: Deed
}

/** One message a priority. */
export type Jobs = {
  urgent: { ask: Job; answer: number }
  usual: { ask: Job; answer: number }
  idle: { ask: Job; answer: number }
}

export const deeds: readonly Deed[] = ['answer', 'answer', 'answer', 'late', 'late', 'throw', 'reject', 'hang', 'ask']
export const kinds: readonly (keyof Jobs)[] = ['urgent', 'usual', 'usual', 'idle']
