import type { Storage } from '@stateward/core'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import type { IssueState } from '../src/open-issues.ts'
import { Progress } from '../src/progress.ts'
import { carryOut } from '../src/stage.ts'

test('a store that comes back with other records than it was closed with is found out', async () => {
  const said: string[] = []
  const progress = new Progress({ write: (text) => said.push(text) }, () => 0)
  const work = async ({ issue }: IssueState): Promise<void> => {
    await issue.create({ id: 'a', title: 'a', status: 'open', priority: 1, issue_type: 'task' })
  }
  const stage = { lasting: true, progress, now: () => 0 }
  const { kind, caps, openReader } = memoryStorage()
  const forgetful: Storage = { kind, caps, openReader, openWriter: (owner) => memoryStorage().openWriter(owner) }
  expect(await carryOut({ ...stage, storage: forgetful }, work)).toBe(false)
  expect(said.join('')).toContain('NOT as they were')
  expect(await carryOut({ ...stage, storage: memoryStorage() }, work)).toBe(true)
})
