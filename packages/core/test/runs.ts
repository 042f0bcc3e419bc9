/** Random runs of a property: more of them in the nightly set. */
export function runs(count: number): number {
  return process.env.STATEWARD_TEST_SCALE === 'nightly' ? count * 25 : count
}
