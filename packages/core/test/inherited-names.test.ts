import { expect, test } from 'vitest'
import { openTiny } from './open-tiny.ts'

const names = ['toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf']
const values = [{ k: 1 }, {}, 'text', ['a'], 7, true]

interface Tasks {
  create(data: object): Promise<object>
  update(id: string, changes: object): Promise<{ readonly rev: number }>
  get(id: string): Promise<Readonly<Record<string, unknown>> | undefined>
  history(id: string): AsyncIterable<{ readonly fields: readonly object[] }>
}

test('a field that is called as every object has one is set, changed, told by the history and undone', async () => {
  const { state } = await openTiny()
  const tasks = state.task as unknown as Tasks
  for (const name of names) {
    await tasks.create({ id: name, title: 'x' })
    await tasks.update(name, { [name]: values[0] })
    await state.undo((await state.stats()).lastSeq)
    expect(Object.hasOwn((await tasks.get(name)) ?? {}, name)).toBe(false)
    let rev = 3
    for (const value of values) {
      expect((await tasks.update(name, { [name]: value })).rev).toBe(++rev)
      expect((await tasks.get(name))?.[name]).toEqual(value)
      expect(await tasks.update(name, { title: `y${rev}`, [name]: value })).toMatchObject({ [name]: value, rev: ++rev })
    }
    const versions: { readonly fields: readonly object[] }[] = []
    for await (const version of tasks.history(name)) versions.push(version)
    expect(versions[1]?.fields).toEqual([{ field: name, after: values[0] }])
  }
  await state.close()
})
