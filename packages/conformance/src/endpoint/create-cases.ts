import assert from 'node:assert/strict'
import { type EndpointCase, endpointCase, ownFields, plain } from './trial.ts'

const uuidv7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const givenTimes = {
  created_at: '2020-02-29T23:59:59.123456789+05:30',
  updated_at: '2021-01-01T00:00:00-08:00',
} as const

/** What `create`, `get` and `getMany` promise. */
export const createCases: readonly EndpointCase[] = [
  endpointCase('create answers the whole record: its fields, the defaults, an id, rev 1, times', async (trial) => {
    const author = await trial.create('author', { name: 'Ada' })
    const { created_at, id, updated_at, ...rest } = author
    assert.match(id, uuidv7, 'an id that the store makes is a UUIDv7')
    assert.deepEqual(plain(rest), { name: 'Ada', status: 'active', rev: 1 })
    assert.match(created_at, written, 'the store writes times as RFC 3339, UTC, with milliseconds')
    assert.equal(updated_at, created_at)
    assert.deepEqual(plain(await trial.get('author', id)), plain(author))
    const book = await trial.create('book', { id: 'b', title: 'One' })
    assert.deepEqual(plain(ownFields(book)), { id: 'b', title: 'One', status: 'draft', pages: 0 })
    assert.equal(await trial.lastSeq(), 2, 'one creation is one commit')
  }),

  endpointCase('ids that the store makes are new and ascend', async (trial) => {
    const authors = await Promise.all(Array.from({ length: 50 }, (_, n) => trial.create('author', { name: `A${n}` })))
    const ids = authors.map(({ id }) => id)
    assert.equal(new Set(ids).size, 50)
    assert.deepEqual([...ids].sort(), ids)
  }),

  endpointCase(
    'get of an absent id is undefined; getMany answers in the order asked, absence included',
    async (trial) => {
      await trial.create('item', { id: 'a', n: 1 })
      await trial.create('item', { id: 'b', n: 2 })
      assert.equal(await trial.get('item', 'absent'), undefined)
      const found = await trial.getMany('item', ['b', 'absent', 'a', 'b'])
      assert.deepEqual(
        found.map((record) => record?.id),
        ['b', undefined, 'a', 'b'],
      )
      assert.deepEqual(await trial.getMany('item', []), [])
    },
  ),

  endpointCase('ids of one type are not ids of another', async (trial) => {
    await trial.create('item', { id: 'same', n: 1 })
    await trial.create('note', { id: 'same', text: 'a note' })
    assert.equal((await trial.get('item', 'same'))?.n, 1)
    assert.equal((await trial.get('note', 'same'))?.text, 'a note')
    await trial.delete('note', 'same')
    assert.equal((await trial.get('item', 'same'))?.n, 1)
  }),

  endpointCase(
    'create never overwrites: the same content is the same answer, other content is ALREADY_EXISTS',
    async (trial) => {
      const first = await trial.create('book', { id: 'b', title: 'One', editors: [] })
      const before = await trial.lastSeq()
      const again = await trial.create('book', { id: 'b', editors: [], title: 'One' })
      assert.deepEqual(plain(again), plain(first))
      assert.equal(await trial.lastSeq(), before, 'the same content writes nothing')
      for (const data of [{ title: 'Two' }, { title: 'One' }, { title: 'One', editors: [], pages: 1 }]) {
        await trial.refuse('ALREADY_EXISTS', 'create with other content', 'create', {
          type: 'book',
          data: { id: 'b', ...data },
        })
      }
      assert.deepEqual(plain(await trial.get('book', 'b')), plain(first))
    },
  ),

  endpointCase('given times are kept as they are', async (trial) => {
    const book = await trial.create('book', { id: 'b', title: 'One', ...givenTimes })
    assert.equal(book.created_at, givenTimes.created_at)
    assert.equal(book.updated_at, givenTimes.updated_at)
    const found = await trial.get('book', 'b')
    assert.deepEqual([found?.created_at, found?.updated_at], [givenTimes.created_at, givenTimes.updated_at])
    const later = await trial.update('book', 'b', { title: 'Two' })
    assert.equal(later.created_at, givenTimes.created_at, 'an update leaves created_at')
    assert.match(later.updated_at, written, 'an update without updated_at is stamped by the store')
    const stamped = await trial.update('book', 'b', { title: 'Three', updated_at: '2022-01-01T00:00:00Z' })
    assert.equal(stamped.updated_at, '2022-01-01T00:00:00Z')
  }),

  endpointCase('fields that the schema does not know are kept', async (trial) => {
    const unknown = { colour: 'red', nested: { deep: [1, { deeper: null }] }, empty: {}, none: null }
    await trial.create('book', { id: 'b', title: 'One', ...unknown })
    await trial.update('book', 'b', { pages: 3, weight: 1.5 })
    const expected = { id: 'b', title: 'One', status: 'draft', pages: 3, weight: 1.5, ...unknown }
    assert.deepEqual(plain(ownFields(await trial.get('book', 'b'))), expected)
    assert.deepEqual(plain(ownFields((await trial.query('book')).rows[0])), expected)
  }),

  endpointCase('values come back as JSON has them', async (trial) => {
    const values = {
      texts: ['', 'é 漢字 😀', '\u0000\u001f\u2028', '","crc":"00000000"}', '\n\r\t'],
      numbers: [0, -1, 1.5, 1e300, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
      others: [true, false, null, [], {}, [[]], { '': 0 }],
      keys: { toString: 1, hasOwnProperty: 2, 'a.b': 3, $where: 4, '10': 5, '2': 6 },
    }
    await trial.create('item', { id: 'a', ...values })
    const { id: _, ...found } = ownFields(await trial.get('item', 'a')) ?? {}
    assert.deepEqual(plain(found), values)
    await trial.create('item', { id: 'zero', n: -0 })
    assert(Object.is((await trial.get('item', 'zero'))?.n, 0), '-0 becomes 0, as a log of JSON has it')
  }),

  endpointCase('ids may be any text', async (trial) => {
    const ids = [
      'a b',
      'é😀',
      '"',
      '\\',
      '../x',
      'constructor',
      'toString',
      'hasOwnProperty',
      '0',
      '-',
      '\u2028',
      'x'.repeat(512),
    ]
    for (const id of ids) await trial.create('item', { id, s: id })
    assert.deepEqual(
      (await trial.getMany('item', ids)).map((record) => record?.s),
      ids,
    )
    for (const id of ids) assert.deepEqual(await trial.ids('item', { where: { s: id } }), [id])
    assert.equal(await trial.get('item', 'valueOf'), undefined)
  }),

  endpointCase('records given out are frozen, all the way down', async (trial) => {
    if (!trial.inProcess) return
    const given = { id: 'a', nested: { list: [{ n: 1 }] } }
    const created = await trial.create('item', given)
    given.nested.list.push({ n: 2 })
    const updated = await trial.update('item', 'a', { other: { n: 3 } })
    const found = await trial.get('item', 'a')
    const [row] = (await trial.query('item')).rows
    for (const record of [created, updated, found, row]) assertFrozen(record, 'a record')
    assert.deepEqual(
      plain(found?.nested),
      { list: [{ n: 1 }] },
      'what a caller does to its own object reaches no record',
    )
  }),
]

function assertFrozen(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null) return
  assert(Object.isFrozen(value), `${what} is frozen`)
  for (const [key, item] of Object.entries(value)) assertFrozen(item, `${what}, in ${key},`)
}
