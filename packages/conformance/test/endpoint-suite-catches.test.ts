import { describe, expect, test } from 'vitest'
import { endpointCases } from '../src/endpoint/endpoint-suite.ts'
import { type BrokenEndpoint, openBrokenEndpoint } from './broken-endpoint.ts'
import { brokenAsking } from './broken-endpoint-asking.ts'
import { brokenFeeds } from './broken-endpoint-feeds.ts'
import { brokenIds } from './broken-endpoint-ids.ts'
import { brokenPast } from './broken-endpoint-past.ts'
import { brokenQueries, brokenVersions } from './broken-endpoint-reads.ts'
import { brokenRelated } from './broken-endpoint-related.ts'
import { brokenDoors, brokenReferences } from './broken-endpoint-rules.ts'
import { brokenUnique } from './broken-endpoint-unique.ts'
import { brokenBulks, brokenCreations, brokenUpdates } from './broken-endpoint-writes.ts'

const all: readonly BrokenEndpoint[] = [
  ...brokenCreations,
  ...brokenUpdates,
  ...brokenBulks,
  ...brokenReferences,
  ...brokenUnique,
  ...brokenDoors,
  ...brokenAsking,
  ...brokenQueries,
  ...brokenRelated,
  ...brokenIds,
  ...brokenVersions,
  ...brokenPast,
  ...brokenFeeds,
]
/** For what never settles. What settles may take its time, so that no slow machine makes it look caught. */
const shortPatienceMs = 300
const patienceMs = 20_000

async function failure(broken: BrokenEndpoint): Promise<unknown> {
  const one = endpointCases.find(({ name }) => name === broken.caught)
  const options = { patienceMs: broken.hangs ? shortPatienceMs : patienceMs }
  return one
    ?.run(async () => openBrokenEndpoint(broken), options)
    .then(
      () => undefined,
      (error: unknown) => error,
    )
}

/** The random histories are one case with many seeds. */
const withoutSeed = (name: string): string => name.replace(/ \(seed \d+\)$/, '')

describe('the endpoint suite catches an endpoint that', () => {
  for (const broken of all) {
    test(broken.breaks, async () => {
      const error = await failure(broken)
      expect(error).toBeInstanceOf(Error)
      expect(String(error)).toContain(`breaks a promise of the endpoint contract: "${broken.caught}"`)
    })
  }

  test('breaks any promise at all: every case fails for one of the endpoints above', () => {
    const caught = new Set(all.map((broken) => withoutSeed(broken.caught)))
    expect(endpointCases.map(({ name }) => name).filter((name) => !caught.has(withoutSeed(name)))).toEqual([])
  })
})
