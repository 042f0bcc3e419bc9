import { entity, type SourceLine } from '@stateward/contract'
import { expect, test } from 'vitest'
import { type CsvOptions, csvLines } from '../src/csv-lines.ts'
import { allOf } from './all-of.ts'
import { ticketEntity } from './ticket-entity.ts'

const ticket = ticketEntity()

const linesOf = (text: string | Uint8Array, options: Partial<CsvOptions> = {}): Promise<SourceLine[]> =>
  allOf(csvLines([text], { entity: ticket, ...options }))

const rowsOf = async (text: string, options: Partial<CsvOptions> = {}): Promise<unknown[]> =>
  (await linesOf(text, options)).map(({ row, refused }) => row ?? refused?.message)

test('each cell becomes what the schema takes for it', async () => {
  const text = [
    'id,title,points,done,labels,note,closed,rev,created_at',
    'T-1,First,8,TRUE,"[""a"",""b""]",007,,3,2026-01-20T10:00:00Z',
    'T-2,12,,false,,,null,,',
    '"T-3","""quoted"", and',
    'broken","","0","[]","",,,',
  ].join('\r\n')
  expect(await linesOf(text)).toEqual([
    {
      line: 2,
      row: {
        id: 'T-1',
        title: 'First',
        points: 8,
        done: true,
        labels: ['a', 'b'],
        note: '007',
        created_at: '2026-01-20T10:00:00Z',
      },
    },
    { line: 3, row: { id: 'T-2', title: '12', done: false, closed: null } },
    { line: 4, row: { id: 'T-3', title: '"quoted", and\r\nbroken', done: false, labels: [], note: '' } },
  ])
  expect(await allOf(csvLines([text], { entity: ticketEntity({ isSlow: true }) }))).toEqual(await linesOf(text))
})

test('what is wrong with a row stands in its place, with its line, and leaves the others alone', async () => {
  const text = 'id,title,points\nT-1,ok,1\nT-2,,7.5\nT-3,x\n\nT-4,"two\nlines","many"\nT-5,a"b,1\nT-6,ok,1\n'
  const found = await linesOf(text)
  expect(found.map(({ line, refused }) => [line, refused?.code])).toEqual([
    [2, undefined],
    [3, 'INVALID'],
    [4, 'INVALID'],
    [6, 'INVALID'],
    [8, 'INVALID'],
    [9, undefined],
  ])
  expect(found[1]?.refused?.message).toBe(
    'title "" as nothing: expected a text that is not empty; as an empty text: expected a text that is not empty; ' +
      'as null: expected a text that is not empty. ' +
      'points "7.5" as a text: expected a whole number; as a number: expected a whole number',
  )
  expect(found[1]?.refused?.details).toEqual({ columns: ['title', 'points'] })
  expect(found[2]?.refused?.message).toBe('expected 3 cells, one for each column, found 2')
  expect(found[3]?.refused?.message).toContain('points "many"')
})

test('digits that a number could not hold are not lost in one', async () => {
  const found = await rowsOf(
    'id,title,points\nT-1,a,12345678901234567890\nT-2,a,9007199254740991\nT-3,a,1e400\nT-4,a,+7\n',
  )
  expect(found).toEqual([
    expect.stringContaining('points "12345678901234567890" as a text'),
    { id: 'T-2', title: 'a', points: 9007199254740991 },
    expect.stringContaining('points "1e400" as a text'),
    { id: 'T-4', title: 'a', points: 7 },
  ])
})

test('a schema that coerces, throws, or is a union of shapes', async () => {
  const of = (validate: (value: unknown) => never): CsvOptions['entity'] =>
    entity({ schema: { '~standard': { version: 1, vendor: 'test', validate } }, id: 'string' })
  const coercing = of(((value: { n: string }) => ({ value: { ...value, n: Number(value.n) } })) as never)
  expect(await rowsOf('id,n\na,7\n', { entity: coercing })).toEqual([{ id: 'a', n: 7 }])
  const throwing = of((() => {
    throw new TypeError('oh')
  }) as never)
  expect(await rowsOf('id,n\na,7\n', { entity: throwing })).toEqual(['its schema threw TypeError: oh'])
  const union = of(((value: { n: unknown }) =>
    typeof value.n === 'number' ? { value } : { issues: [{ message: 'no shape fits' }] }) as never)
  expect(await rowsOf('id,n\na,7\nb,x\n', { entity: union })).toEqual([{ id: 'a', n: 7 }, 'no shape fits'])
})

test('a mark is passed over; UTF-16 and bytes that are no UTF-8 are told', async () => {
  expect(await rowsOf('\ufeff"id",title\nT-1,\ufeffx\n')).toEqual([{ id: 'T-1', title: '\ufeffx' }])
  await expect(linesOf(Buffer.from('\ufeffid\nT', 'utf16le'))).rejects.toMatchObject({ code: 'INVALID' })
  const found = await linesOf(Buffer.concat([Buffer.from('id,title\nT-1,'), Buffer.of(0xe9), Buffer.from('\nT-2,x\n')]))
  expect(found).toMatchObject([
    { line: 2, refused: { message: 'expected UTF-8, found bytes that are none' } },
    { line: 3, row: { id: 'T-2' } },
  ])
})

test('a quote that is never closed is told where it opens, with all that it takes along', async () => {
  const found = await linesOf('id,title\nT-1,a\nT-2,"b\nT-3,c\n')
  expect(found).toMatchObject([{ line: 2 }, { line: 3, refused: { message: expect.stringContaining('from here on') } }])
})

test.each([
  ['a name that is missing', 'id,,title\n', {}, 'none for column 2'],
  ['a name given twice', 'id,title,id\n', {}, 'found "id" twice'],
  ['another delimiter', 'id;title\n', {}, 'is the delimiter ";"?'],
  ['a delimiter that is none', 'id,title\n', { delimiter: '"' }, 'expected delimiter'],
  ['a name that is no field', 'id,titel\n', { entity: { ...ticket, fields: new Set(['title']) } }, 'found "titel"'],
])('a header with %s is refused before any row', async (_, text, options, message) => {
  await expect(linesOf(`${text}T-1,x,y\n`, options)).rejects.toMatchObject({
    code: 'INVALID',
    message: expect.stringContaining(message),
  })
})

test('columns may be named by the caller, and any character may stand between them', async () => {
  expect(await linesOf('T-1\tx,y\t1\n', { delimiter: '\t', columns: ['id', 'title', 'points'] })).toEqual([
    { line: 1, row: { id: 'T-1', title: 'x,y', points: 1 } },
  ])
  expect(await linesOf('')).toEqual([])
  expect(await linesOf('id,title')).toEqual([])
  expect(await rowsOf('id,title,__proto__\nT-1,x,y')).toEqual([
    Object.fromEntries([
      ['id', 'T-1'],
      ['title', 'x'],
      ['__proto__', 'y'],
    ]),
  ])
})

test('no more is asked of the source than what the rows given so far stand in', async () => {
  let asked = 0
  async function* source(): AsyncGenerator<string> {
    yield 'id,title\n'
    for (; ; asked++) yield `T-${asked},x\n`
  }
  const lines = csvLines(source(), { entity: ticket })
  for (let at = 0; at < 5; at++) expect((await lines.next()).value).toMatchObject({ row: { id: `T-${at}` } })
  expect(asked).toBe(4)
  await lines.return(undefined)
})
