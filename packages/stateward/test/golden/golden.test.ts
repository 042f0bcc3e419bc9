import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openState, readState } from 'stateward'
import { describe, expect, onTestFinished, test } from 'vitest'
import { toldBy } from '../told-by.ts'

const formats = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory())

/** A copy of a store that a former version has written. */
function copyOf(format: string, name: string): string {
  const dir = join(mkdtempSync(join(tmpdir(), 'stateward-')), 'store')
  onTestFinished(() => rmSync(join(dir, '..'), { recursive: true, force: true }))
  cpSync(join(import.meta.dirname, format, name), dir, { recursive: true })
  return dir
}

describe.each(formats.map(({ name }) => name))('stores of format %s', (format) => {
  const files = readdirSync(join(import.meta.dirname, format)).filter((file) => file.endsWith('.json'))

  test.each(files.map((file) => file.slice(0, -'.json'.length)))(
    '%s: read and opened, they hold what they held',
    async (name) => {
      const expected: unknown = JSON.parse(readFileSync(join(import.meta.dirname, format, `${name}.json`), 'utf8'))
      const dir = copyOf(format, name)
      const reader = await readState(dir)
      const read = await toldBy(reader)
      await reader.close()
      const state = await openState(dir)
      expect(await toldBy(state)).toEqual(expected)
      // Of a process that was killed a reader serves what is proven, which may be less.
      if (name !== 'killed') expect(read).toEqual(expected)
      expect(await state.verify()).toMatchObject({ ok: true })
      await state.plan.create({ name: 'goes on' })
      await state.close()
      const again = await openState(dir)
      expect(again.recovery.clean).toBe(true)
      expect(await again.plan.where({ name: 'goes on' }).count()).toBe(1)
      await again.close()
    },
  )
})

test('there is a store of every format', () => expect(formats.length).toBeGreaterThan(0))
