import { boot, failure, SimMedium } from '@stateward/conformance'
import type { BaseChunk } from '@stateward/contract'
import { expect, test } from 'vitest'
import { salvageLog } from '../../src/index.ts'
import { append, readAll, textOf } from '../records.ts'
import { records, rewrite } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

async function* baseRows(): AsyncGenerator<BaseChunk> {
  yield { seqs: [8], records: [records[7] ?? Buffer.alloc(0)] }
}

/** Eight commits in the archive, and four behind them. */
async function archived(): Promise<{ readonly medium: SimMedium; readonly archive: string }> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { retention: 'all' }).openWriter('test')
  await append(writer, records.slice(0, 8))
  await writer.saveBase(8, baseRows())
  await writer.truncate(8)
  await append(writer, records.slice(8))
  await writer.close()
  return { medium: medium.copy(), archive: [...medium.files().keys()].find((name) => name.includes('.gz')) ?? '' }
}

/** From now on the disk cannot read the archive. */
function failing(medium: SimMedium, archive: string): void {
  medium.onCall = ({ call, path }) => {
    if (call === 'read' && path === archive) throw failure('EIO', path)
  }
}

test('an archive that the disk cannot read just now is a failure of the disk, and no damage', async () => {
  const { medium, archive } = await archived()
  const { writer } = await simStorage(boot(medium)).openWriter('reads')
  failing(medium, archive)
  const failed = { code: 'STORAGE_FAILED', details: { disk: 'EIO' } }
  await expect(readAll(writer)).rejects.toMatchObject(failed)
  await expect(writer.verify()).rejects.toMatchObject(failed)
  medium.onCall = undefined
  expect(await readAll(writer)).toEqual(records.map(textOf))
})

test('a salvage gives up nothing for which the disk only could not be asked', async () => {
  const { medium, archive } = await archived()
  const before = medium.contents()
  const disk = boot(medium)
  failing(medium, archive)
  await expect(salvageLog(careOf(disk))).rejects.toMatchObject({ code: 'STORAGE_FAILED', details: { disk: 'EIO' } })
  expect(medium.contents()).toEqual(before)
})

test('an archive that is cut at any byte never reads as if it were whole', async () => {
  const { medium, archive } = await archived()
  const content = Buffer.from(medium.file(archive).bytes)
  const { writer } = await simStorage(boot(medium)).openWriter('reads')
  for (let size = 0; size < content.length; size += 9) {
    rewrite(medium, archive, content.subarray(0, size))
    await expect(readAll(writer), `cut at ${size}`).rejects.toMatchObject({
      code: 'CORRUPT',
      message: expect.stringContaining('the archive does not unpack: unexpected end of file'),
    })
  }
  rewrite(medium, archive, content)
  expect(await readAll(writer)).toEqual(records.map(textOf))
})
