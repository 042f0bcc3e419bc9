/** How often a property is tried: `every` at each run, twenty times as often at the nightly scale. */
export function runs(every: number): { numRuns: number } {
  return { numRuns: process.env.STATEWARD_TEST_SCALE === 'nightly' ? every * 20 : every }
}
