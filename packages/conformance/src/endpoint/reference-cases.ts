import assert from 'node:assert/strict'
import { type EndpointCase, endpointCase } from './trial.ts'

const absent = '01890000-0000-7000-8000-000000000000'

/** What references, tables of transitions, rules and guards promise. */
export const referenceCases: readonly EndpointCase[] = [
  endpointCase('a reference to a record that is not there is INVALID_REFERENCE', async (trial) => {
    const { id: author_id } = await trial.create('author', { name: 'Ada' })
    await trial.create('book', { id: 'b', title: 'One', author_id, editors: [author_id] })
    const creations = [{ author_id: absent }, { editors: [author_id, absent] }, { sequel_of: 'none' }]
    for (const data of creations) {
      const what = `a book with ${JSON.stringify(data)}`
      await trial.refuse('INVALID_REFERENCE', what, 'create', {
        type: 'book',
        data: { id: 'c', title: 'Two', ...data },
      })
      await trial.refuse('INVALID_REFERENCE', what, 'update', { type: 'book', id: 'b', changes: data })
    }
    await trial.refuse('INVALID_REFERENCE', 'a mark on an author that is a book', 'create', {
      type: 'mark',
      data: { id: 'm', target_type: 'author', target_id: 'b' },
    })
    await trial.refuse('INVALID_REFERENCE', 'a mark on a type that it may not lead to', 'create', {
      type: 'mark',
      data: { id: 'm', target_type: 'item', target_id: 'b' },
    })
    assert.equal((await trial.create('mark', { id: 'm', target_type: 'book', target_id: 'b' })).rev, 1)
  }),

  endpointCase('a reference to a deleted record is INVALID_REFERENCE', async (trial) => {
    const { id: author_id } = await trial.create('author', { name: 'Ada' })
    await trial.delete('author', author_id)
    await trial.refuse('INVALID_REFERENCE', 'a book of a deleted author', 'create', {
      type: 'book',
      data: { id: 'b', title: 'One', author_id },
    })
  }),

  endpointCase('a record that others refer to is RESTRICTED, and is deleted once they are gone', async (trial) => {
    const { id } = await trial.create('author', { name: 'Ada' })
    await trial.create('book', { id: 'b', title: 'One', author_id: id })
    await trial.create('book', { id: 'c', title: 'Two', editors: [id] })
    await trial.create('mark', { id: 'm', target_type: 'author', target_id: id })
    const deleting = { type: 'author', id }
    await trial.refuse('RESTRICTED', 'deletion of an author with a book, an edited book and a mark', 'delete', deleting)
    await trial.delete('book', 'b')
    await trial.refuse('RESTRICTED', 'deletion of an author with an edited book and a mark', 'delete', deleting)
    await trial.update('book', 'c', { editors: [] })
    await trial.refuse('RESTRICTED', 'deletion of an author with a mark', 'delete', deleting)
    await trial.delete('mark', 'm')
    assert.equal((await trial.delete('author', id)).rev, 2)
  }),

  endpointCase('cascade deletes whatever refers to the record, near and far, in one commit', async (trial) => {
    const { id } = await trial.create('author', { name: 'Ada' })
    const other = await trial.create('author', { name: 'Bob' })
    await trial.create('book', { id: 'b', title: 'One', author_id: id })
    await trial.create('book', { id: 'c', title: 'Two', author_id: other.id })
    const review = await trial.create('review', { book_id: 'b', rating: 5 })
    const kept = await trial.create('review', { book_id: 'c', rating: 5 })
    const before = await trial.lastSeq()
    await trial.delete('author', id, { cascade: true })
    assert.equal(await trial.lastSeq(), before + 1, 'a cascade is one commit')
    assert.deepEqual(await trial.ids('author'), [other.id])
    assert.deepEqual(await trial.ids('book'), ['c'])
    assert.deepEqual(await trial.ids('review'), [kept.id])
    const [last] = (await trial.history('review', review.id)).slice(-1)
    assert.deepEqual([last?.seq, last?.change.op], [before + 1, 'delete'])
  }),

  endpointCase('a reference that keeps lets the id dangle', async (trial) => {
    await trial.create('book', { id: 'b', title: 'One' })
    await trial.create('book', { id: 'c', title: 'Two', sequel_of: 'b' })
    await trial.delete('book', 'b')
    assert.equal((await trial.update('book', 'c', { pages: 2 })).sequel_of, 'b')
  }),

  endpointCase('restore is refused when what the record refers to has gone', async (trial) => {
    await trial.create('book', { id: 'b', title: 'One' })
    const { id } = await trial.create('review', { book_id: 'b', rating: 5 })
    await trial.delete('book', 'b', { cascade: true })
    await trial.refuse('INVALID_REFERENCE', 'restore of a review of a deleted book', 'restore', { type: 'review', id })
    await trial.ask('restore', { type: 'book', id: 'b' })
    assert.equal((await trial.ask('restore', { type: 'review', id })).book_id, 'b')
  }),

  endpointCase(
    'a status moves along its table; any other move is ILLEGAL_TRANSITION and says what is allowed',
    async (trial) => {
      await trial.create('book', { id: 'b', title: 'One', status: 'retired' })
      await trial.update('book', 'b', { status: 'draft' })
      await trial.update('book', 'b', { status: 'draft', pages: 2 })
      await trial.update('book', 'b', { status: 'published' })
      const { details } = await trial.refuse('ILLEGAL_TRANSITION', 'published to draft', 'update', {
        type: 'book',
        id: 'b',
        changes: { status: 'draft' },
      })
      const { allowed, from, to } = details
      assert.deepEqual({ from, to, allowed }, { from: 'published', to: 'draft', allowed: ['retired'] })
      await trial.refuse('ILLEGAL_TRANSITION', 'published to draft, by force', 'update', {
        type: 'book',
        id: 'b',
        changes: { status: 'draft' },
        force: true,
        reason: 'no guard stands here',
      })
      await trial.refuse(['INVALID', 'ILLEGAL_TRANSITION'], 'a status that is none', 'update', {
        type: 'book',
        id: 'b',
        changes: { status: 'lost' },
      })
      assert.equal((await trial.get('book', 'b'))?.status, 'published')
    },
  ),

  endpointCase('a rule refuses with the code it names', async (trial) => {
    await trial.create('book', { id: 'b', title: 'One', status: 'retired' })
    const creating = { type: 'review', data: { book_id: 'b', rating: 1 } }
    const { details } = await trial.refuse('RESTRICTED', 'a review of a retired book', 'create', creating)
    assert.equal(details.book, 'b')
    await trial.update('book', 'b', { status: 'draft' })
    assert.equal((await trial.create('review', creating.data)).rev, 1)
  }),

  endpointCase('a guard refuses, and gives way to force with a reason, which the log keeps', async (trial) => {
    const { id } = await trial.create('author', { name: 'Ada' })
    await trial.create('book', { id: 'b', title: 'One', author_id: id })
    const closing = { type: 'author', id, changes: { status: 'closed' } }
    const { details } = await trial.refuse('RESTRICTED', 'closing an author with a draft', 'update', closing)
    assert.deepEqual(details.drafts, ['b'])
    await trial.refuse('INVALID', 'force without a reason', 'update', { ...closing, force: true })
    await trial.update('author', id, closing.changes, { force: true, reason: 'they asked for it' })
    assert.equal((await trial.get('book', 'b'))?.status, 'draft', 'force changes nothing else')
    const abort = trial.abortable()
    const seq = await trial.lastSeq()
    for await (const commits of trial.endpoint.follow(seq, abort.signal)) {
      assert.equal(commits[0]?.force, 'they asked for it')
      break
    }
  }),

  endpointCase('a guard is satisfied by cascade, in the same commit', async (trial) => {
    const { id } = await trial.create('author', { name: 'Ada' })
    for (const book of ['b', 'c']) await trial.create('book', { id: book, title: 'One', author_id: id })
    await trial.update('book', 'c', { status: 'published' })
    const before = await trial.lastSeq()
    await trial.update('author', id, { status: 'closed' }, { cascade: true })
    assert.equal(await trial.lastSeq(), before + 1)
    const statuses = (await trial.getMany('book', ['b', 'c'])).map((book) => book?.status)
    assert.deepEqual(statuses, ['retired', 'published'])
  }),
]
