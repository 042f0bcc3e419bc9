import type { JsonObject, JsonValue } from '@stateward/contract'
import { expect, test } from 'vitest'
import { openTiny } from './open-tiny.ts'

const names = ['toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf']
const values: readonly JsonValue[] = [{ k: 1 }, {}, 'text', ['a'], 7, true]

test('a field that is called as every object has one is set, changed, told by the history and undone', async () => {
  const { state } = await openTiny()
  const update = (id: string, changes: JsonObject) => state.ask('update', { type: 'task', id, changes })
  for (const name of names) {
    await state.task.create({ id: name, title: 'x' })
    await update(name, { [name]: values[0] })
    await state.undo((await state.stats()).lastSeq)
    expect(Object.hasOwn((await state.task.get(name)) ?? {}, name)).toBe(false)
    let rev = 3
    for (const value of values) {
      expect((await update(name, { [name]: value })).rev).toBe(++rev)
      expect(await state.task.get(name)).toMatchObject({ [name]: value })
      expect(await update(name, { title: `y${rev}`, [name]: value })).toMatchObject({ [name]: value, rev: ++rev })
    }
    const fields: (readonly object[] | undefined)[] = []
    for await (const version of state.task.history(name)) fields.push(version.fields)
    expect(fields[1]).toEqual([{ field: name, after: values[0] }])
  }
  await state.close()
})
