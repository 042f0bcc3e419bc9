import { boot, SimMedium } from '@stateward/conformance'
import { StatewardError } from '@stateward/contract'
import { expect, test } from 'vitest'
import { acknowledgeSalvage, backupLog, repairLog, resealLog, salvageLog } from '../../src/index.ts'
import { append, recordOf } from '../records.ts'
import { resealed } from '../resealed.ts'
import { rewrite } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

/** Everybody who may write to a store. */
const writers: Readonly<Record<string, (medium: SimMedium) => Promise<unknown>>> = {
  opening: (medium) => simStorage(boot(medium)).openWriter('writes'),
  'opening to read': (medium) => simStorage(boot(medium), { recovery: 'readonly' }).openWriter('writes'),
  'opening to salvage': (medium) => simStorage(boot(medium), { recovery: 'salvage' }).openWriter('writes'),
  salvage: (medium) => salvageLog(careOf(boot(medium))),
  repair: (medium) => repairLog({ ...careOf(boot(medium)), dryRun: false }),
  reseal: (medium) => resealLog({ ...careOf(boot(medium)), dryRun: false }),
  acknowledge: (medium) => acknowledgeSalvage(careOf(boot(medium))),
  backup: (medium) => backupLog({ ...careOf(boot(medium)), to: '/copy' }),
}

/** A closed store of two segments, a base and an archive. */
async function store(seed = 1): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { seed, segmentBytes: 4_096 }).openWriter('test')
  for (let seq = 1; seq <= 30; seq++) await append(writer, [recordOf(seq, 60)])
  await writer.saveBase(
    15,
    (async function* () {
      yield { seqs: [15], records: [recordOf('row')] }
    })(),
  )
  await writer.truncate(15)
  await writer.close()
  return medium.copy()
}

function edited(medium: SimMedium, path: string, from: string, to: string): SimMedium {
  const [head = '', ...lines] = medium.file(path).bytes.toString().split('\n')
  rewrite(medium, path, Buffer.from([resealed(head.replace(from, to)), ...lines].join('\n')))
  return medium
}

const pathOf = (medium: SimMedium, kind: string): string =>
  [...medium.files().keys()].find((path) => path.startsWith(`/store/${kind}`)) ?? ''

function linked(medium: SimMedium, path: string): SimMedium {
  medium.plant('/elsewhere', 'precious')
  medium.plant(path, { link: '/elsewhere' })
  return medium
}

type Spoil = (medium: SimMedium) => unknown

/** Puts what another log has in a place into the same place here. */
const mixed =
  (kind: string): Spoil =>
  async (medium) => {
    const other = await store(2)
    rewrite(medium, pathOf(medium, kind), other.file(pathOf(other, kind)).bytes)
  }

const readOnly: Spoil = (medium) => {
  medium.onStep = () => ({ fail: 'EROFS' })
}

const doubled: Spoil = (medium) => medium.plant('/store/log-2.jsonl', medium.file(pathOf(medium, 'log')).bytes)

const alone =
  (spoil: Spoil): Spoil =>
  async (medium) => {
    for (const path of medium.files().keys()) await boot(medium).remove(path)
    await boot(medium).removeDirectory('/store/archive')
    await spoil(medium)
  }

const asLink =
  (kind: string): Spoil =>
  (medium) =>
    linked(medium, pathOf(medium, kind))

const newer =
  (kind: string, from = '"major":1', to = '"major":2'): Spoil =>
  (medium) =>
    edited(medium, pathOf(medium, kind), from, to)

/** Those of a store, and what links lead to: what a backup begins is elsewhere. */
const pathsOf = (...contents: readonly object[]): string[] =>
  contents.flatMap(Object.keys).filter((path) => !path.startsWith('/copy'))

/** What only looks at the manifest has nothing against the rest. */
const unread = { acknowledge: 'done' }
/** Who mends, or keeps what reads, has something to do. */
const cared = { 'opening to salvage': 'done', salvage: 'done', repair: 'done' }
/** Who only reads finds a link when it opens it. */
const elsewhere = { backup: 'STORAGE_FAILED' }

/** What everybody answers, where `others` does not say. All that is refused leaves the store as it was. */
test.each<[what: string, spoil: Spoil, code: string, others: Readonly<Record<string, string>>]>([
  ['a manifest of a newer version', newer('manifest'), 'UNSUPPORTED', {}],
  ['a manifest with an unknown flag', newer('manifest', '"incompat":[]', '"incompat":["x"]'), 'UNSUPPORTED', {}],
  ['a segment of a newer version', newer('log'), 'UNSUPPORTED', { ...unread, backup: 'CORRUPT' }],
  ['a base of a newer version', newer('base'), 'UNSUPPORTED', { ...unread, backup: 'CORRUPT' }],
  ['a segment of another log', mixed('log'), 'CORRUPT', { ...unread, ...cared, 'opening to read': 'done' }],
  ['a base of another log', mixed('base'), 'CORRUPT', { ...unread, ...cared }],
  ['an archive of another log', mixed('archive'), 'CORRUPT', { ...unread, ...cared, 'opening to read': 'done' }],
  ['the manifest of another log', mixed('manifest'), 'CORRUPT', { ...unread, ...cared }],
  ['a link as a segment', asLink('log'), 'INVALID', elsewhere],
  ['a link as the base', asLink('base'), 'INVALID', elsewhere],
  ['a link as the archive', asLink('archive'), 'STORAGE_FAILED', unread],
  ['a link as the manifest', asLink('manifest'), 'INVALID', elsewhere],
  ['a link as LOCK', (medium) => linked(medium, '/store/LOCK'), 'INVALID', { backup: 'done' }],
  ['a link as the one file', alone((medium) => linked(medium, '/store/a.jsonl')), 'STORAGE_FAILED', unread],
  ['a second file of one number', doubled, 'INVALID', { backup: 'done' }],
  ['a file system that is read only', readOnly, 'STORAGE_FAILED', {}],
  ['what another program has left', alone((medium) => medium.plant('/store/letters.txt', 'Dear')), 'INVALID', {}],
])(
  '%s: everybody who may write refuses it by a code, and changes nothing, or has something to mend',
  async (_, spoil, code, others) => {
    const medium = await store()
    await spoil(medium)
    const before = medium.contents()
    const answers: Record<string, string> = {}
    for (const [who, write] of Object.entries(writers)) {
      const fork = medium.fork()
      fork.onStep = medium.onStep
      answers[who] = await write(fork).then(
        () => 'done',
        (error: unknown) => (error instanceof StatewardError ? error.code : String(error)),
      )
      const after = fork.contents()
      const paths = answers[who] === 'done' ? ['/elsewhere'] : pathsOf(before, after)
      expect(
        paths.filter((path) => after[path] !== before[path]),
        `what ${who} changed`,
      ).toEqual([])
    }
    expect(answers).toEqual(Object.fromEntries(Object.keys(writers).map((who) => [who, others[who] ?? code])))
  },
)
