import { beside, boot, SimClock, SimMedium } from '@stateward/conformance'
import type { ScrubPortion } from '@stateward/contract'
import { backupLog, type Retention } from '../../src/index.ts'
import { append } from '../records.ts'
import { careOf, simStorage } from './sim-storage.ts'
import { changes, compacted, outcome, pathOf, rot, rowsUpTo, servedOf, type Told, written } from './told.ts'

const dayMs = 86_400_000

/** Commits of two records that change, and of others that do not, at the time of the clock. */
function versionOf(clock: SimClock, seq: number): Buffer {
  const [id, rev] = seq % 3 === 0 ? [`once ${seq}`, 1] : [`n${seq % 2}`, seq]
  return Buffer.from(
    JSON.stringify({ type: 'note', timestamp: new Date(clock.now()).toISOString(), data: { id }, rev }),
  )
}

/** Three openings, a day apart; each of them writes, compacts, and writes again. */
async function kept(retention: Retention): Promise<Told> {
  const medium = new SimMedium()
  const clock = new SimClock()
  const storage = () => simStorage(boot(medium), { segmentBytes: 4_096, retention, clock, timers: clock })
  const after: unknown[] = []
  let seq = 0
  for (let opening = 0; opening < 3; opening++) {
    const before = medium.fork()
    const { writer } = await storage().openWriter('writes')
    for (let left = 30; left > 0; left--) await append(writer, [versionOf(clock, ++seq)])
    await writer.saveBase(seq - 5, rowsUpTo(seq - 5))
    await writer.truncate(seq - 5, { newestRev: (_, id) => (id.startsWith('n') ? seq : 1) })
    clock.pass(dayMs)
    after.push({ served: await servedOf(writer), files: Object.keys(changes(before, medium)) })
    await writer.close()
  }
  const files = Object.entries(changes(new SimMedium(), medium)).filter(([path]) => /manifest|archive/.test(path))
  return { after, files: Object.fromEntries(files) }
}

async function scrubbed(medium: SimMedium): Promise<unknown> {
  const opening = simStorage(boot(medium), { recovery: 'readonly' }).openWriter('scrubs')
  const { writer } = await opening
  const portions: ScrubPortion[] = []
  for await (const portion of writer.scrub?.() ?? []) portions.push(portion)
  await writer.close()
  return portions
}

/** A log that is damaged while its writer has it open. */
async function damagedMeanwhile(damage: (medium: SimMedium) => void): Promise<unknown> {
  const medium = await compacted()
  const { writer } = await simStorage(boot(medium)).openWriter('scrubs')
  damage(medium)
  const portions: unknown[] = []
  for await (const { unread, ...portion } of writer.scrub?.() ?? [])
    portions.push({ ...portion, unread: unread?.message })
  const check = await outcome(writer.verify())
  await writer.close().catch(() => undefined)
  return { portions, check }
}

/** What is done for a store that is well, and what comes of it. */
export const upkeep: Readonly<Record<string, () => Promise<Told>>> = {
  'all history is kept': () => kept('all'),
  'no history is kept': () => kept('none'),
  'two versions are kept': () => kept({ versions: 2 }),
  'a day is kept': () => kept({ days: 1 }),
  async 'a log is scrubbed'() {
    return {
      whole: await scrubbed(await compacted()),
      rotten: await damagedMeanwhile((medium) => {
        for (const kind of ['base', 'log']) rot(medium, pathOf(medium, kind), 200)
      }),
      cut: await damagedMeanwhile((medium) => {
        for (const kind of ['base', 'log']) medium.file(pathOf(medium, kind)).truncate(400)
      }),
    }
  },
  async 'a store is backed up twice'() {
    const medium = await compacted()
    const first = await backupLog({ ...careOf(boot(medium)), to: '/copy' })
    const { writer } = await simStorage(boot(medium), { segmentBytes: 4_096 }).openWriter('goes on')
    await written(writer, 81, 99)
    await writer.saveBase(90, rowsUpTo(90))
    await writer.truncate(90)
    await writer.close()
    const before = medium.fork()
    const second = await backupLog({ ...careOf(beside(medium)), to: '/copy' })
    const again = await backupLog({ ...careOf(beside(medium)), to: '/copy' })
    const told = [first, second, again].map(({ bytes: _, copiedBytes: __, ...report }) => report)
    return {
      told,
      files: Object.keys(changes(before, medium)),
      manifest: changes(before, medium)['/copy/manifest.json'],
    }
  },
}
