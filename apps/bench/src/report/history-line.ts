import type { Report } from './markdown.ts'
import type { Group } from './summary.ts'

const digits = 3

/** One run as one line of JSON: where, the medians by workload and contender, and what each measured beside itself. */
export function historyLine({ surroundings, groups, rounds }: Report): string {
  const medians = groups.map((group) => [
    nameOf(group),
    Object.fromEntries(group.summaries.map(({ contender, median }) => [contender.name, rounded(median)])),
  ])
  const shares = groups.flatMap((group) => {
    const own = group.summaries.flatMap(({ contender, shares }) =>
      shares.length === 0 ? [] : [[contender.name, shares.map(({ ratio }) => rounded(ratio))]],
    )
    return own.length === 0 ? [] : [[nameOf(group), Object.fromEntries(own)]]
  })
  return JSON.stringify({
    ...surroundings,
    rounds,
    medians: Object.fromEntries(medians),
    ...(shares.length > 0 && { shares: Object.fromEntries(shares) }),
  })
}

function nameOf({ workload, size }: Group): string {
  return size === 0 ? workload.id : `${workload.id}@${size}`
}

function rounded(value: number): number {
  return Number(value.toPrecision(digits))
}
