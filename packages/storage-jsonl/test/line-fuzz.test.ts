import { seededPick } from '@stateward/conformance'
import { rig } from '../../../test/reliability/rig.ts'
import { fuzzCaches } from './cache-fuzz.ts'
import { fuzzLines } from './line-fuzz.ts'

const linesPerSeed = 1_900
const cachesPerSeed = 100

rig('line-fuzz', ({ each }) =>
  each(async (seed) => {
    fuzzLines(linesPerSeed, seededPick(seed))
    await fuzzCaches(cachesPerSeed, seededPick(seed))
    return linesPerSeed + cachesPerSeed
  }),
)
