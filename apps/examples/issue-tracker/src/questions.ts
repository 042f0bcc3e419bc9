import type { IssueState } from './open-issues.ts'
import { count, duration } from './progress.ts'

const rows = 3

interface Question {
  readonly asks: string
  readonly answer: (state: IssueState) => Promise<string>
  readonly explain?: (state: IssueState) => Promise<{ readonly plan: object }>
}

const newestOpen = ({ issue }: IssueState) => issue.where({ status: 'open' }).orderBy('updated_at', 'desc')
const urgent = ({ issue }: IssueState) => issue.where({ status: { in: ['open', 'in_progress'] }, priority: { lte: 1 } })
const inEpic = ({ issue }: IssueState, epic: string) => issue.where({ epic_id: epic }).orderBy('updated_at', 'desc')
const labelled = ({ issue }: IssueState) => issue.where({ labels: { contains: 'was:message' } })

/** What one asks an issue tracker, asked of this one. */
function questions(epic: string): readonly Question[] {
  return [
    {
      asks: 'how many issues by status?',
      answer: async ({ issue }) => {
        const groups = await issue.where().groupBy('status')
        return groups.map(({ value, count: issues }) => `${value} ${count(issues)}`).join(', ')
      },
    },
    {
      asks: 'which open issues changed last?',
      answer: async (state) => titles(await newestOpen(state).limit(rows).all()),
      explain: (state) => newestOpen(state).limit(rows).explain(),
    },
    {
      asks: 'how many urgent ones wait?',
      answer: async (state) => count(await urgent(state).count()),
      explain: (state) => urgent(state).explain(),
    },
    {
      asks: `what belongs to the epic ${epic}?`,
      answer: async (state) =>
        `${count(await inEpic(state, epic).count())}: ${titles(await inEpic(state, epic).limit(rows).all())}`,
      explain: (state) => inEpic(state, epic).limit(rows).explain(),
    },
    {
      asks: 'how many carry the label was:message?',
      answer: async (state) => count(await labelled(state).count()),
      explain: (state) => labelled(state).explain(),
    },
  ]
}

/** Asks the questions and says, line by line, what came back, how long it took and which way was taken. */
export async function* answers(state: IssueState, now: () => number): AsyncGenerator<string> {
  const groups = await state.issue.where({ epic_id: { exists: true } }).groupBy('epic_id')
  const largest = groups.reduce((most, group) => (group.count > most.count ? group : most), { value: '', count: 0 })
  for (const { asks, answer, explain } of questions(String(largest.value))) {
    const started = now()
    const text = await answer(state)
    const took = duration(now() - started)
    yield `  ${asks} (${took}) ${text}`
    if (explain !== undefined) yield `      by ${JSON.stringify((await explain(state)).plan)}`
  }
}

function titles(issues: readonly { readonly id: string; readonly title: string }[]): string {
  return issues.map(({ id, title }) => `${id} “${title.slice(0, 40)}”`).join(', ')
}
