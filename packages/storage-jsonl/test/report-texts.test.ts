import { expect, test } from 'vitest'
import { type RepairReport, repairText, resealText, type SalvageReport, salvageText } from '../src/index.ts'

const at = '2026-01-01T00:00:00.000Z'
const dir = '/store'
const file = 'log-00000001.jsonl'

const whole: RepairReport = {
  at,
  dryRun: false,
  damage: [],
  damagedLines: 0,
  manifest: 'whole',
  files: [],
  leftovers: [],
  isWhole: true,
}

test('a repair of what is whole says that there was nothing to do, and only then', () => {
  const nothing = ['Nothing is damaged in /store: there is nothing to repair.']
  expect(repairText(whole, dir)).toEqual(nothing)
  const others: Partial<RepairReport>[] = [{ damagedLines: 1 }, { manifest: 'rebuilt' }, { leftovers: ['a.tmp'] }]
  for (const found of others) expect(repairText({ ...whole, ...found }, dir)).not.toEqual(nothing)
})

test('a file from which lines are gone is told of, and one leftover is one', () => {
  const file = 'log-00000002.jsonl'
  const report = { ...whole, damagedLines: 1, isWhole: false, leftovers: ['a'] }
  expect(repairText({ ...report, files: [{ file, mended: [], left: [], isExact: false }] }, dir)).toEqual([
    '/store was repaired.',
    '',
    'damaged    1 line',
    'manifest   whole',
    'leftovers  1 unfinished file was removed',
    '',
    file,
    '  each of its lines holds, and yet it is not as it was: lines are gone, or it is another file',
    '',
    'Something stays damaged: stateward salvage keeps what reads.',
  ])
})

test('a repair tells what it did, and a dry run what it would do', () => {
  const mended = {
    file,
    keptIn: 'quarantine/r/log',
    mended: [{ byte: 7, bytes: 1, lines: 2, isMended: true }],
    left: [],
    isExact: true,
  }
  const done: RepairReport = {
    ...whole,
    damagedLines: 2,
    manifest: 'corrected',
    files: [mended],
    leftovers: ['a', 'b'],
  }
  expect(repairText(done, dir)).toEqual([
    '/store was repaired.',
    '',
    'damaged    2 lines',
    'manifest   corrected',
    'leftovers  2 unfinished files were removed',
    '',
    file,
    '  byte 7, 1 byte: mended, 2 lines',
    '  the result is byte for byte what the manifest lists',
    '  the former file is kept in quarantine/r/log',
    '',
    'Everything holds.',
  ])
  const planned = {
    file,
    mended: mended.mended,
    left: [{ byte: 90, bytes: 12, lines: 0, isMended: false }],
    isExact: false,
  }
  const dry: RepairReport = {
    ...done,
    dryRun: true,
    damagedLines: 1,
    files: [planned],
    leftovers: ['a'],
    isWhole: false,
  }
  expect(repairText(dry, dir)).toEqual([
    'What a repair of /store would do; nothing was changed.',
    '',
    'damaged    1 line',
    'manifest   corrected',
    'leftovers  1 unfinished file would be removed',
    '',
    file,
    '  byte 7, 1 byte: can be mended, 2 lines',
    '  byte 90, 12 bytes: not, or not in one way only',
    '',
    'Something stays damaged: stateward salvage keeps what reads.',
  ])
  expect(repairText({ ...dry, isWhole: true }, dir).at(-1)).toBe('After it everything would hold.')
})

test('a resealing tells which lines were edited, the first ten of them by number', () => {
  const edited = Array.from({ length: 11 }, (_, index) => index + 2)
  const files = [
    { file, keptIn: 'quarantine/r/log', firstSeq: 1, lastSeq: 9, edited },
    { file: 'plain.jsonl', firstSeq: 10, lastSeq: 12, edited: [] },
  ]
  const lines = [
    '',
    file,
    '  every line is one of a log; it holds the commits 1 to 9',
    '  lines whose seal does not hold: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 …',
    '  the file as it was edited is kept in quarantine/r/log',
    '',
    'plain.jsonl',
    '  every line is one of a log; it holds the commits 10 to 12',
  ]
  expect(resealText({ at, dryRun: false, files }, dir)).toEqual(['/store was resealed.', ...lines])
  expect(resealText({ at, dryRun: true, files }, dir)[0]).toBe(
    'What a resealing of /store would do; nothing was changed.',
  )
  const ten = [{ file, firstSeq: 1, lastSeq: 9, edited: edited.slice(0, 10) }]
  expect(resealText({ at, dryRun: false, files: ten }, dir).at(-1)).toMatch(/: 2, .*, 11$/)
  expect(resealText({ at, dryRun: false, files: [] }, dir)).toEqual([
    'Nothing was edited in /store: there is nothing to reseal.',
  ])
})

test('a salvage tells what was lost, what was kept, and where', () => {
  const bad = Array.from({ length: 21 }, (_, index) => ({ byte: index, bytes: 1, reason: 'it is damaged' }))
  const orphans = Array.from({ length: 21 }, (_, index) => index + 1)
  const lost = Array.from({ length: 21 }, (_, index) => ({ from: index * 3 + 1, to: index * 3 + 2, report: 's' }))
  const report: SalvageReport = {
    id: 'salvage-1',
    at,
    dryRun: false,
    damage: [],
    damagedLines: 1,
    lost: [{ from: 5, to: 5, report: 's' }],
    files: [
      {
        file,
        keptIn: 'quarantine/s/log',
        becomes: 'log-00000002.jsonl',
        kept: 1,
        orphans: [9],
        bad: bad.slice(0, 1),
        badRuns: 1,
      },
    ],
    notes: [`one ${'word '.repeat(20)}${'x'.repeat(90)} end`],
  }
  expect(salvageText(report, dir)).toEqual([
    `salvage-1: /store was salvaged at ${at}.`,
    '',
    'damaged    1 place',
    'lost       1 commit: seq',
    '           5',
    '',
    file,
    '  all its bytes were kept in quarantine/s/log',
    '  what reads of it is in log-00000002.jsonl',
    '  1 line was kept',
    '  1 commit left out, which change versions that are lost:',
    '    seq 9',
    '  byte 0, 1 byte: it is damaged',
    '',
    `one${' word'.repeat(15)}`,
    'word word word word word',
    'x'.repeat(90),
    'end',
  ])
  const many = salvageText(
    { ...report, dryRun: true, lost, files: [{ file, kept: 2, orphans, bad, badRuns: 30 }] },
    dir,
  )
  expect(many).toEqual(
    expect.arrayContaining([
      'What a salvage of /store would do; nothing was changed.',
      'lost       42 commits: seq',
      '           58 to 59',
      '           and 1 more ranges',
      '  is not there any more',
      '  2 lines would be kept',
      `    seq ${orphans.slice(0, 20).join(', ')} …`,
      '  and 10 more places',
    ]),
  )
  expect(many).not.toContain('           61 to 62')
  expect(salvageText({ ...report, lost: [] }, dir)).toContain('lost       no commit')
  const { id: _, ...unnamed } = report
  expect(salvageText(unnamed, dir)).toEqual(['Nothing is damaged in /store: there is nothing to salvage.'])
})
