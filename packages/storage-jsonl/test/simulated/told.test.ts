import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scenes as damaged } from './told.ts'
import golden from './told-golden.json' with { type: 'json' }
import { upkeep } from './told-upkeep.ts'

/*
 * Everything that an opening, a salvage, a repair, a resealing, a compaction, a backup, a scrub and a verification say of
 * a store, and every line that they leave on the disk, as it was looked at by a person and found right. Where a change of it is meant,
 * `STATEWARD_WRITE_GOLDEN=1 npx vitest run packages/storage-jsonl/test/simulated/told.test.ts` writes it anew, and
 * `npm run format` brings it into form, for a person to look at again.
 */
/** How long an archive is, is for the library that packs to say. */
async function toldOf(scene: () => Promise<unknown>): Promise<unknown> {
  const text = JSON.stringify(await scene())
  return JSON.parse(text.replace(/where the manifest lists \d+/g, 'where the manifest lists more'))
}

const scenes = { ...damaged, ...upkeep }
const known: Readonly<Record<string, unknown>> = golden

if (process.env.STATEWARD_WRITE_GOLDEN === '1') {
  test('the golden file is written', async () => {
    const told: Record<string, unknown> = {}
    for (const [name, scene] of Object.entries(scenes)) told[name] = await toldOf(scene)
    writeFileSync(join(import.meta.dirname, 'told-golden.json'), `${JSON.stringify(told, undefined, 1)}\n`)
  })
} else {
  test.each(Object.entries(scenes))('%s: all that is said of it, and all that is left', async (name, scene) => {
    expect(await toldOf(scene)).toEqual(known[name])
  })
}
