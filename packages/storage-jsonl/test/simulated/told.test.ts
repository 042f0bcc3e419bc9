import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scenes } from './told.ts'
import golden from './told-golden.json' with { type: 'json' }

/*
 * Everything that an opening, a salvage, a repair, a resealing and a verification say of a store, and every line that
 * they leave on the disk, as it was looked at by a person and found right. Where a change of it is meant,
 * `STATEWARD_WRITE_GOLDEN=1 npx vitest run packages/storage-jsonl/test/simulated/told.test.ts` writes it anew, and
 * `npm run format` brings it into form, for a person to look at again.
 */
const known: Readonly<Record<string, unknown>> = golden

if (process.env.STATEWARD_WRITE_GOLDEN === '1') {
  test('the golden file is written', async () => {
    const told: Record<string, unknown> = {}
    for (const [name, scene] of Object.entries(scenes)) told[name] = await scene()
    writeFileSync(join(import.meta.dirname, 'told-golden.json'), `${JSON.stringify(told, undefined, 1)}\n`)
  })
} else {
  test.each(Object.entries(scenes))('%s: all that is said of it, and all that is left', async (name, scene) => {
    expect(JSON.parse(JSON.stringify(await scene()))).toEqual(known[name])
  })
}
