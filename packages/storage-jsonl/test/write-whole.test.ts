import { boot, failure, SimMedium } from '@stateward/conformance'
import type { DiskFile } from '@stateward/contract'
import { expect, test } from 'vitest'
import { fullError, unknownError } from '../src/environment/append-errors.ts'
import { fullOr, storageFailed } from '../src/environment/failure.ts'
import { removeFiles, removeObsolete } from '../src/files/obsolete.ts'
import { createTemporary, writeAll, writeWhole } from '../src/files/write-whole.ts'
import { fileNames } from '../src/format/segment-name.ts'

test('a disk that takes no more bytes is full, whatever it took before', async () => {
  const taken: number[] = []
  const file = {
    write: async (bytes: Uint8Array) => {
      taken.push(bytes.length)
      return taken.length === 1 ? 3 : 0
    },
  } as Partial<DiskFile> as DiskFile
  await expect(writeAll(file, Buffer.alloc(10), 0)).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(taken).toEqual([10, 7])
})

function failing(call: string, code: string): { medium: SimMedium; disk: ReturnType<typeof boot> } {
  const medium = new SimMedium()
  const disk = boot(medium)
  medium.onCall = (one) => {
    if (one.call === call) throw failure(code, one.path)
  }
  return { medium, disk }
}

test('a file that cannot be put aside for a new one is told as the disk tells it', async () => {
  const { medium, disk } = failing('remove', 'EIO')
  medium.plant(`/a${fileNames.temporary}`, 'of a crash')
  await expect(createTemporary(disk, '/a')).rejects.toMatchObject({ code: 'EIO' })
})

test('a file is there whole or not at all, and leaves nothing behind', async () => {
  const { medium, disk } = failing('write', 'ENOSPC')
  await expect(writeWhole(disk, '/a', Buffer.from('x'))).rejects.toMatchObject({ code: 'FULL' })
  expect([...medium.files().keys()]).toEqual([])
  medium.onCall = undefined
  await writeWhole(disk, '/a', Buffer.from('x'))
  expect(medium.contents()).toEqual({ '/a': 'x' })
})

test('what is gone is removed already; a file that is in use is tried again later, a device that fails is told', async () => {
  const obsolete = 'log-00000001.jsonl'
  const { medium, disk } = failing('remove', 'EBUSY')
  medium.plant(`/${obsolete}`, 'x')
  await removeObsolete(disk, '/', [obsolete])
  expect(medium.files().has(`/${obsolete}`)).toBe(true)
  medium.onCall = ({ call, path }) => {
    if (call === 'remove') throw failure('EIO', path)
  }
  await expect(removeObsolete(disk, '/', [obsolete])).rejects.toMatchObject({ code: 'EIO' })
  medium.onCall = undefined
  await removeFiles(disk, '/', ['gone', obsolete])
  expect(medium.files().size).toBe(0)
})

test('whatever is thrown is told in words, and keeps its cause', () => {
  expect(storageFailed('no error at all', 'reading')).toMatchObject({
    code: 'STORAGE_FAILED',
    message: expect.stringContaining('reading: no error at all'),
    details: {},
  })
  expect(fullOr({ code: 'ENOSPC' }, 'writing')).toMatchObject({ code: 'FULL' })
  expect(fullError('no room').message).toContain('no room')
  expect(unknownError(7, 'the cable')).toMatchObject({
    code: 'UNKNOWN',
    message: expect.stringContaining('commits from seq 7 on: the disk failed while they were written (the cable)'),
    cause: 'the cable',
  })
})
