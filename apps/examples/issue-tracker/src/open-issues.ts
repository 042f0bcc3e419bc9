import { createStateManager, type State, type StateManagerOptions, type Storage } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { memoryStorage } from '@stateward/storage-memory'
import { issueDomain } from './issue-domain.ts'

/** A store of issues. */
export type IssueState = State<typeof issueDomain>

/** Files in `dir`, or memory where there is none: the rest of the program cannot tell. */
export function issueStorage(dir: string | undefined): Storage {
  return dir === undefined ? memoryStorage() : jsonlStorage({ dir })
}

/** Opens the store in a storage; rejects with what `createStateManager` rejects with. */
export function openIssues(
  storage: Storage,
  options: Pick<StateManagerOptions<typeof issueDomain>, 'compaction'> = {},
): Promise<IssueState> {
  return createStateManager({ ...options, storage, domain: issueDomain })
}
