/** How often a property is tried: `every` run of the tests takes the count as it is, a nightly one fifty times as many. */
export function runs(every: number): { readonly numRuns: number } {
  return { numRuns: process.env.STATEWARD_TEST_SCALE === 'nightly' ? every * 50 : every }
}
