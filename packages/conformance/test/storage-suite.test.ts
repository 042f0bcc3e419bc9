import { describe, it } from 'vitest'
import { testStorage } from '../src/storage/storage-suite.ts'
import { CompleteHandle } from './complete-handle.ts'
import { likeDatabase, likeFiles, opened, plainStorage } from './plain-storage.ts'

testStorage('a plain storage like a database', async () => opened(plainStorage(likeDatabase)), { describe, it })
testStorage('a plain storage like files', async () => opened(plainStorage(likeFiles)), { describe, it })
testStorage(
  'a plain storage with all that one may leave out',
  async () => opened(plainStorage(likeFiles, CompleteHandle)),
  {
    describe,
    it,
  },
)
