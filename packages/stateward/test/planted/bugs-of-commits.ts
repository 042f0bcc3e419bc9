import type { Bug } from './bug.ts'

const file = 'storage-jsonl/src/appending/group-commit.ts'

/** Bugs of appending: what is said to be safe and is not. */
export const bugsOfCommits: readonly Bug[] = [
  {
    name: 'acknowledges before the sync',
    like: 'etcd #14370',
    file,
    find: '      try {\n        await this.sync()',
    replace: '      try {\n        void this.sync().catch(() => {})',
    crash: { seed: 1, from: 16 },
    foundBy: ['crash', 'fault', 'model'],
  },
  {
    name: 'shows commits before they are synced',
    like: 'etcd #14370',
    file,
    find: '    this.#writtenSeq = lastSeq\n',
    replace: '    this.#writtenSeq = lastSeq\n    this.#options.committed(levelOfBatch(batch))\n',
    foundBy: ['fault'],
  },
  {
    name: 'tries again after a sync that failed',
    like: 'fsyncgate',
    file,
    find: '() => file.datasync())',
    replace: '() => file.datasync().catch(() => file.datasync()))',
    foundBy: ['fault'],
  },
  {
    name: 'goes on after an outcome that is unknown',
    file,
    find: '    this.#stopped = error\n',
    replace: '',
    foundBy: ['fault'],
  },
  {
    name: 'says that one commit more is durable than is',
    file,
    find: 'dur: this.#durableSeq }',
    replace: 'dur: this.#durableSeq + 1 }',
    crash: { seed: 4, from: 22 },
    foundBy: ['crash'],
  },
  {
    name: 'says that all that waits is durable already',
    file,
    find: 'dur: this.#durableSeq }',
    replace: 'dur: this.#queuedSeq }',
    crash: { seed: 1, from: 16 },
    foundBy: ['crash'],
  },
  {
    name: 'begins a segment before the one before it is synced',
    like: 'etcd #6379',
    file,
    find: '  async rotate(): Promise<void> {\n    await this.sync()\n',
    replace: '  async rotate(): Promise<void> {\n',
    crash: { seed: 2, from: 22 },
    foundBy: ['crash'],
  },
  {
    name: 'takes appends at a tail that is not theirs',
    file,
    find: 'if (expectedSeq === this.#queuedSeq && !this.#isRefusing) return undefined',
    replace: 'if (!this.#isRefusing) return undefined',
    foundBy: ['suite'],
  },
  {
    name: 'acknowledges a write of which the disk took a part',
    file: 'storage-jsonl/src/appending/write-batch.ts',
    find: '  if (done < bytes.length) return writeOn(active, bytes, done)\n',
    replace: '',
    foundBy: ['fault'],
  },
  {
    name: 'says FULL and leaves the torn line',
    file: 'storage-jsonl/src/appending/write-batch.ts',
    find: '    await active.file.truncate(active.bytes)\n',
    replace: '',
    foundBy: ['fault'],
  },
  {
    name: 'writes that it was closed in order before its commits are synced',
    file: 'storage-jsonl/src/appending/seal-log.ts',
    find: '  await commits.sync()\n  const sealed',
    replace: '  const sealed',
    crash: { seed: 1, from: 58 },
    foundBy: ['crash'],
  },
]
