import { boot, failure, SimMedium } from '@stateward/conformance'
import { hasCode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const advice = [
  ['EMFILE', /ulimit -n/],
  ['EACCES', /the right to read and write/],
  ['EROFS', /mounted read-only/],
  ['EDQUOT', /free some space/i],
] as const

/** The log of a process that is dead, with one commit in it. */
async function left(): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('dead')
  await append(writer, [recordOf(1)])
  medium.kill()
  return medium
}

const asked = async (asking: Promise<unknown>): Promise<unknown> => asking.catch((error: unknown) => error)

test.each(advice)(
  'an opening for which the disk says %s is STORAGE_FAILED and says what to do',
  async (code, message) => {
    const medium = await left()
    for (const failing of ['open', 'lock', 'list', 'write', 'syncDirectory'] as const) {
      medium.onCall = ({ call, path }) => {
        if (call === failing) throw failure(code, path)
      }
      const found = await asked(simStorage(boot(medium)).openWriter('test'))
      expect(found, failing).toMatchObject({ code: 'STORAGE_FAILED', message, details: { disk: code } })
      if (failing !== 'open') continue
      const reader = await asked(simStorage(boot(medium)).openReader())
      expect(reader).toMatchObject({ code: 'STORAGE_FAILED', message, details: { disk: code } })
    }
    medium.onCall = undefined
    const { writer } = await simStorage(boot(medium)).openWriter('next')
    expect(await readAll(writer)).toEqual([textOf(recordOf(1))])
  },
)

test.each(advice)(
  'a write for which the disk says %s says what to do, and is there after it only if it may be',
  async (code, message) => {
    const medium = await left()
    for (const failing of ['write', 'datasync'] as const) {
      const { writer } = await simStorage(boot(medium)).openWriter('test')
      const before = await readAll(writer)
      medium.onStep = ({ operation }) => (operation === failing ? { fail: code } : undefined)
      const found = await asked(append(writer, [recordOf(2)]))
      medium.onStep = () => undefined
      const expected = failing === 'write' && code === 'EDQUOT' ? 'FULL' : 'UNKNOWN'
      expect(found, failing).toMatchObject({ code: expected, message })
      expect(await readAll(writer), 'reads go on').toEqual(before)
      await writer.close()
      const after = await simStorage(boot(medium)).openWriter('next')
      const texts = await readAll(after.writer)
      expect(texts.slice(0, before.length)).toEqual(before)
      if (!hasCode(found, 'UNKNOWN')) expect(texts).toEqual(before)
      await after.writer.close()
    }
  },
)
