import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { answerOf, freshFolder, run } from './run-stateward.ts'

/** A module as a user would write it, without the packages that a folder of a test does not have. */
function domainModule(unique: readonly (readonly string[])[]): string {
  return `
    const schema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }
    const none = { refs: {}, status: undefined, fields: undefined, times: new Set(), texts: new Set() }
    const rest = { ...none, indexes: [], customIndexes: [], rules: [], guards: [], version: 1 }
    const user = { schema, id: 'string', ...rest, unique: ${JSON.stringify(unique)} }
    export const domain = { entities: { user }, procedures: { questions: {}, commands: {} } }
  `
}

test('verify names what several records share since before it was unique, and finds no damage in it', async () => {
  const folder = freshFolder()
  writeFileSync(join(folder, 'before.mjs'), domainModule([]))
  writeFileSync(join(folder, 'after.mjs'), domainModule([['email']]))
  await run(folder, ['init'])
  for (const id of ['a', 'b', 'c'])
    await run(folder, ['create', 'user', `id=${id}`, `email=${id === 'c' ? 'z' : 'x'}`, '--domain', './before.mjs'])
  const verified = await run(folder, ['verify', '--domain', './after.mjs'])
  expect([verified.code, verified.err]).toEqual([0, ''])
  expect(verified.out).toContain('\n    email "x": unique, and in 2 users, such as a, b\n')
  expect(await answerOf(run(folder, ['verify', '--json', '--domain', './after.mjs']))).toMatchObject({
    ok: true,
    duplicates: [{ type: 'user', fields: ['email'], values: ['x'], records: 2, ids: ['a', 'b'] }],
  })
  const taken = await run(folder, ['create', 'user', 'id=d', 'email=z', '--domain', './after.mjs'])
  expect([taken.code, taken.err]).toEqual([1, expect.stringContaining('found it in user c')])
})
