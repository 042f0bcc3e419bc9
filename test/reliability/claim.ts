/** One row of RELIABILITY.md: what is promised, the rig that shows it, and how often it looks. */
export interface Claim {
  /** What holds, in a sentence without a full stop. */
  readonly claim: string
  /** What is counted, in the plural: `recoveries`. */
  readonly unit: string
  /** The least that a run of `npm test` looks at; a rig that counts less fails. */
  readonly every: number
  /** The least that a run of `npm run test:nightly` looks at. */
  readonly nightly: number
  /** What the rig does not show, and where it cannot run. */
  readonly limits: string
  /** The test files that run it, from the root; the counts of several add up. */
  readonly files: readonly [string, ...string[]]
}
