import assert from 'node:assert/strict'
import { limits } from '@stateward/contract'
import { refused } from '../codes.ts'
import { CommitLog } from './commit-log.ts'
import { type EndpointCase, endpointCase, plain } from './trial.ts'

/** What history, `follow` and snapshots promise. */
export const versionCases: readonly EndpointCase[] = [
  endpointCase('history gives every version of a record, oldest first, with what each commit left', async (trial) => {
    await trial.create('item', { id: 'other', n: 0 })
    await trial.create('item', { id: 'a', n: 1 }, { actor: 'ada' })
    await trial.update('item', 'a', { n: 2 }, { actor: 'bob' })
    await trial.delete('item', 'a')
    await trial.create('item', { id: 'a', s: 'new' })
    const versions = await trial.history('item', 'a')
    assert.deepEqual(
      versions.map(({ actor, change, record, seq }) => [seq, change.op, change.rev, actor, record?.n, record?.s]),
      [
        [2, 'put', 1, 'ada', 1, undefined],
        [3, versions[1]?.change.op, 2, 'bob', 2, undefined],
        [4, 'delete', 3, undefined, undefined, undefined],
        [5, 'put', 4, undefined, undefined, 'new'],
      ],
    )
    assert(versions[1]?.change.op !== 'delete', 'an update is a patch or a put')
    assert.equal(versions[2]?.record ?? undefined, undefined, 'after a deletion there is no record')
    assert.deepEqual(plain(versions[3]?.record), plain(await trial.get('item', 'a')))
    for (const { timestamp } of versions)
      assert(!Number.isNaN(Date.parse(timestamp)), `a version has a time: ${timestamp}`)
  }),

  endpointCase('a long history comes in pages, which follow one another', async (trial) => {
    await trial.create('item', { id: 'a', n: 0 })
    const count = limits.historyPage + 20
    await Promise.all(Array.from({ length: count }, (_, n) => trial.update('item', 'a', { n: n + 1 })))
    const first = await trial.ask('history', { type: 'item', id: 'a' })
    assert.equal(first.versions.length, limits.historyPage)
    const versions = await trial.history('item', 'a')
    assert.deepEqual(
      versions.map(({ record }) => record?.n),
      Array.from({ length: count + 1 }, (_, n) => n),
    )
    const { versions: tail } = await trial.ask('history', { type: 'item', id: 'a', from: versions.at(-3)?.seq ?? 0 })
    assert.deepEqual(plain(tail), plain(versions.slice(-3)))
  }),

  endpointCase('follow gives every commit from the first, then each as it comes, and ends on abort', async (trial) => {
    const following = new CommitLog(trial, 1)
    await trial.create('item', { id: 'a', n: 1 }, { actor: 'ada', txid: 'first' })
    await trial.ask('createMany', {
      type: 'item',
      rows: [
        { id: 'b', n: 1 },
        { id: 'c', n: 1 },
      ],
    })
    await trial.update('item', 'a', { n: 2 }, { unset: [] })
    await following.reached(await trial.lastSeq())
    await trial.ask('transact', {
      operations: [
        { op: 'update', type: 'item', id: 'b', changes: { s: 'x' }, unset: ['n'] },
        { op: 'delete', type: 'item', id: 'c' },
      ],
    })
    await following.reached(await trial.lastSeq())
    await following.stop()
    assert.deepEqual(
      following.seqs,
      Array.from({ length: await trial.lastSeq() }, (_, n) => n + 1),
    )
    assert.deepEqual([following.first?.actor, following.first?.txid], ['ada', 'first'])
    assert.deepEqual(
      plain(following.records('item')),
      plain((await trial.query('item')).rows),
      'the commits add up to the state',
    )
    const later = new CommitLog(trial, 3)
    await later.reached(await trial.lastSeq())
    await later.stop()
    assert.deepEqual(later.seqs, following.seqs.slice(2), 'follow from commit 3 gives what comes from there on, once')
  }),

  endpointCase('a snapshot stays as it was while writes go on', async (trial) => {
    await trial.ask('createMany', { type: 'item', rows: ['a', 'b', 'c', 'd'].map((id, n) => ({ id, n, s: 'x' })) })
    const before = await trial.query('item')
    const opened = await trial.ask('snapshot', {})
    assert.deepEqual([opened.seq, opened.records], [await trial.lastSeq(), 4])
    const { snapshot } = opened
    await trial.update('item', 'a', { n: 50 })
    await trial.delete('item', 'b')
    await trial.create('item', { id: 'b', n: 60 })
    await trial.delete('item', 'c')
    await trial.create('item', { id: 'e', n: 70, s: 'x' })
    const look = async (): Promise<void> => {
      const answer = await trial.query('item', { snapshot })
      assert.deepEqual(plain(answer.rows), plain(before.rows))
      assert.equal(answer.seq, opened.seq)
      assert.deepEqual(await trial.ids('item', { snapshot, where: { n: { lt: 3 } } }), ['a', 'b', 'c'])
      assert.deepEqual(await trial.ids('item', { snapshot, orderBy: [['n', 'desc']], limit: 2 }), ['d', 'c'])
      assert.equal(await trial.ask('count', { type: 'item', where: { s: 'x' }, snapshot }), 4)
      assert.deepEqual(
        plain(await trial.getMany('item', ['c', 'e', 'a'], snapshot)),
        plain([before.rows[2], undefined, before.rows[0]]),
      )
    }
    await look()
    await trial.ask('compact', {})
    await trial.update('item', 'd', { n: 80 })
    await look()
    assert.equal((await trial.ask('release', { snapshot })) ?? null, null)
    await refused(['NOT_FOUND', 'INVALID'], 'a query of a released snapshot', trial.query('item', { snapshot }))
    assert.deepEqual(await trial.ids('item', { orderBy: [['n', 'asc']] }), ['a', 'b', 'e', 'd'])
  }),

  endpointCase('at most limits.openSnapshots are open at once', async (trial) => {
    const opened: string[] = []
    for (let n = 0; n < limits.openSnapshots; n++) opened.push((await trial.ask('snapshot', {})).snapshot)
    assert.equal(new Set(opened).size, limits.openSnapshots)
    await refused(['BUSY', 'TOO_LARGE'], 'one snapshot more', trial.ask('snapshot', {}))
    await trial.ask('release', { snapshot: opened[0] ?? '' })
    assert((await trial.ask('snapshot', {})).snapshot, 'a released one makes room')
    await refused(['NOT_FOUND', 'INVALID'], 'a snapshot that never was', trial.get('item', 'a', 'made-up'))
  }),
]
