import { hasCode } from '@stateward/core'
import { expect, test } from 'vitest'
import { issueStorage, openIssues } from '../src/open-issues.ts'
import { replayChanges } from '../src/replay-changes.ts'
import { expectFolded } from './expect-folded.ts'
import { plainFold } from './plain-fold.ts'
import { smallHistory } from './small-history.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('a small history comes out as its fold, in memory and in files, and again after opening', async () => {
  const folded = plainFold(smallHistory)
  const memory = await openIssues(issueStorage(undefined))
  await replayChanges(memory, smallHistory)
  await expectFolded(memory, folded)
  await memory.close()

  const storage = issueStorage(temporaryFolder())
  const files = await openIssues(storage)
  await replayChanges(files, smallHistory)
  await expectFolded(files, folded)
  await files.close()
  const again = await openIssues(storage)
  await expectFolded(again, folded)
  await again.close()
})

test('what is remarkable is counted', async () => {
  const state = await openIssues(issueStorage(undefined))
  expect(await replayChanges(state, smallHistory)).toEqual({
    creates: 4,
    recreates: 1,
    updates: 6,
    silentUpdates: 3,
    deletes: 2,
    intoEpics: 2,
    intoAbsentEpics: 1,
  })
  await state.close()
})

test('the history of an id spans its lives', async () => {
  const state = await openIssues(issueStorage(undefined))
  await replayChanges(state, smallHistory)
  const versions: (string | undefined)[] = []
  for await (const { record, change } of state.issue.history('a')) versions.push(`${change.rev} ${record?.title}`)
  expect(versions).toEqual([
    '1 Issue a',
    '2 Another title',
    '3 Another title',
    '4 undefined',
    '5 A second life',
    '6 A second life',
  ])
  await state.close()
})

test('the epic is a relation: an index answers for it', async () => {
  const state = await openIssues(issueStorage(undefined))
  await replayChanges(state, smallHistory)
  const children = state.issue.where({ epic_id: 'e' }).orderBy('updated_at', 'desc')
  expect((await children.all()).map(({ id }) => id)).toEqual(['b'])
  const { plan } = await children.explain()
  expect(plan).toMatchObject({ kind: 'ordered', index: 'epic_id+updated_at' })
  await state.close()
})

test('a refused change is named by its number, and nothing of it is kept', async () => {
  const state = await openIssues(issueStorage(undefined))
  const [first] = smallHistory
  const unknown = { op: 'update', at: '', id: 'a', changes: { status: 'done' as 'open' } } as const
  const refusal = await replayChanges(state, [...(first === undefined ? [] : [first]), unknown]).catch((error) => error)
  expect(refusal.message).toContain('change 2 (update a)')
  expect(hasCode(refusal.cause, 'INVALID')).toBe(true)
  // Reads show what is durable, and the first change may still be on its way.
  await state.flush()
  expect((await state.issue.get('a'))?.rev).toBe(1)
  await state.close()
})
