import { expect, test } from 'vitest'
import { boot, failure, SimMedium } from '../src/index.ts'

test('a fork keeps what is not synced, and what happens to the one does not happen to the other', async () => {
  const medium = new SimMedium()
  const file = await boot(medium).open('/a', 'create')
  await file.write(Buffer.from('one'), 0)
  const fork = medium.fork()
  await file.write(Buffer.from('two'), 0)
  fork.file('/a').write(Buffer.from('six'), 0)
  expect([medium.contents(), fork.contents()]).toEqual([{ '/a': 'two' }, { '/a': 'six' }])
  expect(fork.afterPowerCut(() => 0).contents()).toEqual({})
  expect(fork.afterPowerCut((below) => below - 1).contents()).toEqual({ '/a': 'six' })
  expect(medium.contents()).toEqual({ '/a': 'two' })
})

test('a call waits for what comes before it, and fails with what that throws', async () => {
  const medium = new SimMedium()
  const disk = boot(medium)
  const calls: string[] = []
  medium.onCall = async ({ call, path }) => {
    await Promise.resolve()
    calls.push(`${call} ${path}`)
    if (call === 'list') throw failure('EIO', path)
  }
  const file = await disk.open('/a', 'create')
  await file.write(Buffer.from('x'), 0)
  await expect(disk.list('/')).rejects.toMatchObject({ code: 'EIO' })
  expect(calls).toEqual(['open /a', 'write /a', 'list /'])
})
