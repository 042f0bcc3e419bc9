import type { LostCommits } from '@stateward/contract'

/** `seq 5 to 9 are lost (salvage-2)`. */
export function lostText({ from, to, report }: LostCommits): string {
  return from === to ? `seq ${from} is lost (${report})` : `seq ${from} to ${to} are lost (${report})`
}
