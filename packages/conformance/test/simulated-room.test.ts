import { expect, test } from 'vitest'
import { boot, SimMedium } from '../src/index.ts'

test('a simulated disk with a capacity takes a part, then nothing, and takes more when room is made', async () => {
  const medium = new SimMedium()
  medium.capacityBytes = 1_000
  const disk = boot(medium)
  const file = await disk.open('/a', 'create')
  expect(await file.write(Buffer.alloc(900), 0)).toBe(900)
  expect(await disk.space('/a')).toEqual({ freeBytes: 100, totalBytes: 1_000 })
  expect(await file.write(Buffer.alloc(300), 900)).toBe(100)
  await expect(file.write(Buffer.alloc(1), 1_000)).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(await file.write(Buffer.alloc(300), 0), 'what is there already needs no room').toBe(300)
  await file.truncate(500)
  expect(await file.write(Buffer.alloc(300), 500)).toBe(300)
  await disk.remove('/a')
  expect(await disk.space('/')).toEqual({ freeBytes: 1_000, totalBytes: 1_000 })
  expect(medium.afterPowerCut(() => 0).capacityBytes).toBe(1_000)
})
