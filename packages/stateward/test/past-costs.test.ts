import { expect, test } from 'vitest'
import { countedStorage } from './work/counted-storage.ts'
import { openWork } from './work/open-work.ts'

const versions = 10

/** Lines of the log that questions about the past ask for, when one record has ten versions among so many commits. */
async function linesAt(commits: number): Promise<Readonly<Record<string, number>>> {
  const counted = countedStorage()
  const { state, clock } = await openWork({ storage: counted.storage, cacheBytes: 1 })
  const { id } = await state.plan.create({ name: '1' })
  const other = await state.plan.create({ name: 'other' })
  for (let at = 2; at <= versions; at++) {
    for (let n = 0; n < commits / versions; n++) {
      clock.pass(1_000)
      await state.plan.create({ name: 'between' })
    }
    await state.plan.update(id, { name: `${at}` })
  }
  const { lastSeq } = await state.stats()
  const middle = Math.floor(lastSeq / 2)
  const { timestamp } = await commitAt(state, middle)
  // The first question of the past reads the log once, where no index of it was saved.
  await (await state.asOf(middle)).plan.get(other.id)
  const lines = async (ask: () => Promise<unknown>): Promise<number> => {
    counted.lines = 0
    expect(await ask()).toBeDefined()
    return counted.lines
  }
  const told = {
    seq: await lines(async () => (await state.asOf(middle)).plan.get(id)),
    time: await lines(async () => (await state.asOf(timestamp)).plan.get(id)),
    history: await lines(async () => {
      const names = []
      for await (const { record } of state.plan.history(id)) names.push(record?.name)
      expect(names).toEqual(Array.from({ length: versions }, (_, at) => `${at + 1}`))
      return names
    }),
  }
  await state.close()
  return told
}

async function commitAt({ follow }: { follow: Awaited<ReturnType<typeof openWork>>['state']['follow'] }, seq: number) {
  for await (const [commit] of follow(seq, new AbortController().signal)) if (commit !== undefined) return commit
  throw new Error(`no commit ${seq}`)
}

/** The index of times knows the first of so many commits; those behind it are looked at. */
const commitsOfATime = 64

test('a record as of a commit or a time, and a history of ten versions, read as few lines in a log of four thousand commits as in one of forty', async () => {
  for (const commits of [40, 4_000]) {
    const { seq = 0, time = 0, history = 0 } = await linesAt(commits)
    expect({ commits, seq, isFew: seq > 0 && seq <= 10 }).toMatchObject({ commits, isFew: true })
    expect({ commits, time, isFew: time > 0 && time <= 10 + commitsOfATime }).toMatchObject({ commits, isFew: true })
    expect({ commits, history, isFew: history > 0 && history <= 2 * versions }).toMatchObject({ commits, isFew: true })
  }
})
