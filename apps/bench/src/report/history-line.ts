import type { Report } from './markdown.ts'

const digits = 3

/** One run as one line of JSON: where, and the medians by workload and contender. */
export function historyLine({ surroundings, groups, rounds }: Report): string {
  const medians = groups.map(({ workload, size, summaries }) => [
    size === 0 ? workload.id : `${workload.id}@${size}`,
    Object.fromEntries(summaries.map(({ contender, median }) => [contender.name, Number(median.toPrecision(digits))])),
  ])
  return JSON.stringify({ ...surroundings, rounds, medians: Object.fromEntries(medians) })
}
