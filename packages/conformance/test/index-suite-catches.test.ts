import type { Index, MakeIndex, Slot } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { indexCases, testIndex } from '../src/index-plugin/index-suite.ts'

const shared = new Set<Slot>()

/** Gives every record that it was told of, which is always right; saved as a list of numbers. */
const plainIndex: MakeIndex = () => {
  const slots = new Set<Slot>()
  return {
    ...{ name: 'everything', fields: ['a'], shape: { equal: 1, range: false } },
    lookup: () => [...slots],
    estimate: () => slots.size,
    update: (slot, _, after) => void (after === undefined ? slots.delete(slot) : slots.add(slot)),
    clear: () => slots.clear(),
    size: () => slots.size,
    bytes: () => slots.size * 8,
    image: {
      format: 'numbers',
      save: () => [new Uint8Array(Float64Array.from(slots).buffer)],
      load: (source) => {
        for (const slot of new Float64Array(source.read(0, source.bytes).buffer)) slots.add(slot)
      },
    },
  }
}

interface Broken {
  readonly breaks: string
  readonly caught: string
  readonly change: (index: Index) => Partial<Index>
}

const all: readonly Broken[] = [
  {
    breaks: 'has no name',
    caught: 'it has a name, fields, and a shape within them',
    change: () => ({ name: '' }),
  },
  {
    breaks: 'leaves out what was changed',
    caught: 'a lookup gives every record that holds what is asked for, whatever was changed and deleted',
    change: ({ update }) => ({
      update: (slot, before, after) => update(slot, before, before && after ? undefined : after),
    }),
  },
  {
    breaks: 'gives what was deleted',
    caught: 'a lookup gives records that are there, each once',
    change: ({ update }) => ({ update: (slot, before, after) => update(slot, before, after ?? before) }),
  },
  {
    breaks: 'estimates too little',
    caught: 'an estimate is no less than the lookup gives',
    change: ({ estimate }) => ({ estimate: (probe) => estimate(probe) - 1 }),
  },
  {
    breaks: 'keeps something when it is cleared',
    caught: 'after clear it holds nothing, and can be filled again',
    change: () => ({ clear: () => undefined }),
  },
  {
    breaks: 'shares what it holds with all others',
    caught: 'its size and its bytes are numbers from 0 on, and none of its making holds what another does',
    change: ({ update }) => ({
      update: (slot, before, after) => {
        shared.add(slot)
        update(slot, before, after)
      },
      size: () => shared.size,
    }),
  },
  {
    breaks: 'saves one record of all',
    caught: 'what was saved while it changed is loaded by another one as it was at the call, which goes on from there',
    change: ({ image }) => ({
      ...(image && { image: { ...image, save: () => [...image.save()].map((part) => part.slice(0, 8)) } }),
    }),
  },
  {
    breaks: 'saves what it is when the parts are asked for',
    caught: 'what was saved while it changed is loaded by another one as it was at the call, which goes on from there',
    change: ({ image }) => ({ ...(image && { image: { ...image, save: () => late(image.save) } }) }),
  },
]

function* late(save: () => Iterable<Uint8Array>): Iterable<Uint8Array> {
  yield* save()
}

testIndex('everything', async () => ({ make: plainIndex }), { describe, it: test })

describe('the index suite catches an index that', () => {
  for (const { breaks, caught, change } of all) {
    test(breaks, async () => {
      const make: MakeIndex = (context) => {
        const made = plainIndex(context)
        return { ...made, ...change(made) }
      }
      const error = await indexCases
        .find(({ name }) => name === caught)
        ?.run(async () => ({ make }))
        .then(
          () => undefined,
          (reason: unknown) => reason,
        )
      expect(String(error)).toContain(`breaks a promise of the index contract: "${caught}"`)
    })
  }

  test('breaks any promise at all: every case fails for one of the indexes above', () => {
    expect(indexCases.map(({ name }) => name)).toEqual([...new Set(all.map(({ caught }) => caught))])
  })
})
