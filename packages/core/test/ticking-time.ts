import { type ManualTime, manualTime } from './manual-time.ts'

/** A clock that goes on by one millisecond whenever it is looked at, so that a step takes as long as it was watched. */
export function tickingTime(): ManualTime {
  return {
    ...manualTime(),
    monotonicMs() {
      return this.at++
    },
  }
}
