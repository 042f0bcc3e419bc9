import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

test('the crash example of the README is the one that runs here', () => {
  const examples = [...textOf('../README.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, example = '']) => example)
  expect(examples).toContain(textOf('crash-example.test.ts'))
})
