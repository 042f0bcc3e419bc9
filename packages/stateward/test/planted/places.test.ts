import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { bugs } from './bugs.ts'

// Said within a second, where the rig that plants them says it after a minute.
test.each(bugs)('the source has one place for a bug that $name', ({ file, find }) => {
  const source = readFileSync(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), 'utf8')
  expect(source.split(find)).toHaveLength(2)
})
