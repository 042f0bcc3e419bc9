import { AssertionError } from 'node:assert'
import { describe, expect, test } from 'vitest'
import { storageCases } from '../src/storage/storage-suite.ts'
import { type Broken, openBroken } from './broken.ts'
import { brokenAppends } from './broken-appends.ts'
import { brokenBases } from './broken-bases.ts'
import { brokenCaches } from './broken-caches.ts'
import { brokenClosings } from './broken-closings.ts'
import { brokenFollows } from './broken-follows.ts'
import { brokenMaintenance } from './broken-maintenance.ts'
import { brokenMedia } from './broken-media.ts'
import { brokenOptional } from './broken-optional.ts'
import { brokenReads } from './broken-reads.ts'

const all: readonly Broken[] = [
  ...brokenAppends,
  ...brokenReads,
  ...brokenFollows,
  ...brokenBases,
  ...brokenClosings,
  ...brokenMedia,
  ...brokenCaches,
  ...brokenMaintenance,
  ...brokenOptional,
]
/** For what never settles. What settles may take its time, so that no slow machine makes it look caught. */
const shortPatienceMs = 300
const patienceMs = 20_000

async function failure(broken: Broken): Promise<unknown> {
  const one = storageCases.find(({ name }) => name === broken.caught)
  const options = { patienceMs: broken.hangs ? shortPatienceMs : patienceMs }
  return one
    ?.run(async () => openBroken(broken), options)
    .then(
      () => undefined,
      (error: unknown) => error,
    )
}

/** The random histories are one case with many seeds. */
const withoutSeed = (name: string): string => name.replace(/ \(seed \d+\)$/, '')

describe('the storage suite catches a storage that', () => {
  for (const broken of all) {
    test(broken.breaks, async () => {
      const error = await failure(broken)
      expect(error).toBeInstanceOf(Error)
      expect(String(error)).toContain(`breaks a promise of the storage contract: "${broken.caught}"`)
    })
  }

  test('breaks any promise at all: every case fails for one of the storages above', () => {
    const caught = new Set(all.map((broken) => withoutSeed(broken.caught)))
    expect(storageCases.map(({ name }) => name).filter((name) => !caught.has(withoutSeed(name)))).toEqual([])
  })

  test('and says what it expected and what it found', async () => {
    const broken = all.find(({ breaks }) => breaks === 'turns a batch round')
    const error = broken && (await failure(broken))
    expect(error).toBeInstanceOf(AssertionError)
    expect(error).toMatchObject({ actual: expect.anything(), expected: expect.anything() })
  })
})
