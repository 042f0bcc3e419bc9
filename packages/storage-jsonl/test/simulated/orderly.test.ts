import { crc32 } from 'node:zlib'
import { SimMedium } from '@stateward/conformance'
import { StatewardError } from '@stateward/contract'
import { expect, test } from 'vitest'
import { OrderlyDisk } from './orderly-disk.ts'
import { type Calm, type Life, lives } from './orderly-lives.ts'

/** What need not survive: who holds the store, room, hints, and what was not finished. */
const isPassing = (path: string): boolean => /\/LOCK|\/ballast$|\.hint$|\.tmp$/.test(path)

const proofs = /(\{"type":"\$dur"[^\n]*\n)+$/

/** The files that are to survive, each by the checksum of what it holds, but for lines that only say what is durable. */
function lasting(medium: SimMedium): string[] {
  return Object.entries(medium.contents())
    .filter(([path]) => !isPassing(path))
    .map(([path, content]) => `${path} ${crc32(Buffer.from(content.replace(proofs, ''), 'latin1'))}`)
    .sort()
}

/** What a call has done is there when the power comes back. What was archived and let go of may be, too: an opening removes it. */
function assertLasts(medium: SimMedium, what: string): void {
  const now = lasting(medium)
  const later = lasting(medium.fork().afterPowerCut(() => 0))
  const isOld = (file: string): boolean => file.includes('/archive/') && !now.includes(file)
  expect(
    later.filter((file) => !isOld(file)),
    `what survives ${what}`,
  ).toEqual(now)
}

async function prepared({ before }: Life): Promise<SimMedium> {
  const medium = new SimMedium()
  await before?.(new OrderlyDisk(medium, medium.process))
  medium.kill()
  return medium.copy()
}

/** Lives on this medium. What was begun and is not waited for, is open, or came too early, fails; what is rejected comes back. */
async function lived({ live }: Life, medium: SimMedium, done = (_what: string) => {}): Promise<unknown> {
  medium.kill()
  const disk = new OrderlyDisk(medium, medium.process)
  const calm: Calm = async (what, call) => {
    const answer = await call().finally(() =>
      expect(what === 'closing' ? disk.allUnderWay : disk.underWay, what).toEqual([]),
    )
    done(what)
    return answer
  }
  const failed: unknown = await live(disk, calm).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failed instanceof Error && failed.name === 'AssertionError') throw failed
  // What was only read is let go of without waiting.
  await new Promise((resolve) => setImmediate(resolve))
  expect(disk.handles, 'files that are open').toEqual([])
  expect(disk.disorder).toEqual([])
  return failed
}

test.each(Object.entries(lives))('%s: step by step, for good, and nothing goes on behind a call', async (_, life) => {
  const medium = await prepared(life)
  expect(await lived(life, medium, (what) => assertLasts(medium, what))).toBeUndefined()
  expect([...medium.files().keys()].filter((path) => path.endsWith('.tmp'))).toEqual([])
})

test.each(Object.entries(lives))(
  '%s: whichever step fails, what was begun has ended, and it can be done again',
  async (_, life) => {
    const before = await prepared(life)
    const counting = before.copy()
    await lived(life, counting)
    // Every step of what is short, and some of what is long.
    const stride = Math.ceil(counting.steps / 6)
    for (let at = 1; at <= counting.steps; at += stride) {
      const medium = before.copy()
      medium.onStep = ({ step, path, operation }) => {
        // A pid file that stays keeps everybody out for as long as its process lives: there is no other way to hold one.
        const isHeld = operation === 'remove' && path.endsWith('LOCK')
        return step === at && !isHeld ? { fail: at % 2 === 0 ? 'EIO' : 'ENOSPC' } : undefined
      }
      const failed = await lived(life, medium)
      medium.onStep = () => undefined
      if (failed !== undefined) expect(failed, `step ${at}`).toBeInstanceOf(StatewardError)
      expect(await lived(life, medium), `again, behind step ${at}`).toBeUndefined()
      expect(
        [...medium.files().keys()].filter((path) => path.endsWith('.tmp') && !path.includes('quarantine')),
        `step ${at}`,
      ).toEqual([])
    }
  },
)
