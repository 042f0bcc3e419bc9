/**
 * @typedef {object} CoveredPart
 * @property {string} name of the package
 * @property {string} what in words
 * @property {number} least the bar, in percent of the branches
 * @property {readonly string[]} included the files that are looked at
 * @property {readonly string[]} tests the folders whose tests are run
 */

/**
 * @typedef {object} Covered
 * @property {CoveredPart} part
 * @property {number} taken
 * @property {number} branches
 */

const start = '<!-- coverage: written by `npm run coverage -- --write` -->\n'
const end = '<!-- /coverage -->'

/**
 * How many branches there are, and how many of them were taken.
 * @param {Record<string, { b: Record<string, number[]> }>} report what istanbul calls `coverage-final.json`
 * @returns {{ taken: number, branches: number }}
 */
export function branchesIn(report) {
  const counts = Object.values(report).flatMap(({ b }) => Object.values(b).flat())
  return { taken: counts.filter((count) => count > 0).length, branches: counts.length }
}

/**
 * The page with what was found; rows of parts that were not looked at stay.
 * @param {string} page
 * @param {readonly Covered[]} found
 * @returns {string}
 */
export function withCoverage(page, found) {
  const [before = '', rest = ''] = page.split(start)
  const [table = '', after = ''] = rest.split(end)
  const rows = new Map(
    table.split('\n').flatMap((line) => {
      const name = /^\| `([\w-]+)` \|/.exec(line)?.[1]
      return name === undefined ? [] : [[name, line]]
    }),
  )
  for (const { part, taken, branches } of found) {
    const percent = ((taken / branches) * 100).toFixed(1)
    rows.set(
      part.name,
      `| \`${part.name}\` | ${part.what} | ${part.least} % | ${percent} % (${taken} of ${branches}) |`,
    )
  }
  const head = ['| package | what is counted | at least | branches taken in the last run |', '|---|---|---|---|']
  return `${before}${start}${[...head, ...rows.values()].join('\n')}\n${end}${after}`
}
