import type { Steps } from '../src/sorting/steps.ts'

/** All of the steps, one behind the other; what came of them, and how many they were. */
export function allOf<T>(steps: Steps<T>): { readonly value: T; readonly steps: number } {
  for (let taken = 0; ; taken++) {
    const step = steps.next()
    if (step.done === true) return { value: step.value, steps: taken }
  }
}
