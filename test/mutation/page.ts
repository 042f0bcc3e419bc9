import { type Score, scoreOf, scores, type Tried } from './score.ts'

const start = '<!-- mutation: written by `npm run mutation -- --page` -->\n'
const end = '<!-- /mutation -->'

/** The page with the score of these mutants, which a seed chose from so many. */
export function withScore(page: string, tried: readonly Tried[], all: number, seed: string): string {
  const [before, rest = ''] = page.split(start)
  const after = rest.split(end)[1] ?? ''
  return `${before}${start}${scoreText(tried, all, seed)}${end}${after}`
}

function scoreText(tried: readonly Tried[], all: number, seed: string): string {
  const score = scoreOf(tried)
  const rows = [...scores(tried)].map(([path, one]) => `| ${path.replace(/^packages\//, '')} | ${cells(one)} |`)
  return [
    `**${percent(score.percent)} % of the changes that can be noticed are noticed**: ${score.noticed} of ${score.of}, with`,
    `${score.equivalent} more judged to mean the same; the 95 % interval (Wilson) is ${percent(score.from)} to ${percent(score.to)} %.`,
    `The sample is ${tried.length} of ${all} changes, seed ${seed}: \`npm run mutation -- --count ${tried.length} --seed ${seed}\`.`,
    '',
    '| file | noticed | equivalent |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const cells = ({ noticed, of, equivalent }: Score): string =>
  `${noticed} of ${of} | ${equivalent === 0 ? '' : equivalent}`
const percent = (value: number): string => value.toFixed(1)
