import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { hasCode } from '@stateward/core'
import { describe, expect, test } from 'vitest'
import { issueStorage, openIssues } from '../src/open-issues.ts'
import { damagedFiles, damagedText, hasRealData } from './real-data.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A file of plain records as the three-line format has them; lines that are no JSON stay as they are. */
function asSeedLines(text: string): { readonly text: string; readonly badLines: readonly number[] } {
  const badLines: number[] = []
  const wrapped = text.split('\n').map((line, at) => {
    if (line === '') return line
    try {
      const data = JSON.parse(line)
      return JSON.stringify({ type: 'issue', timestamp: data.updated_at, data })
    } catch {
      badLines.push(at + 1)
      return line
    }
  })
  return { text: wrapped.join('\n'), badLines }
}

/** Every file below a folder, with its bytes' checksum and its mode. */
function fingerprint(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const bytes = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder'
      return [path, `${statSync(path).mode} ${bytes}`]
    }),
  )
}

async function refusalOf(folder: string): Promise<unknown> {
  try {
    const state = await openIssues(issueStorage(folder))
    await state.close()
    return undefined
  } catch (error) {
    return error
  }
}

function expectRefusedAsCorrupt(error: unknown, file: string, badLines: readonly number[]): void {
  if (!hasCode(error, 'CORRUPT')) throw error
  const { damage } = error.details as { damage?: readonly { file: string; line: number }[] }
  expect(damage?.map(({ line }) => line)).toEqual(badLines)
  for (const one of damage ?? []) expect(basename(one.file)).toBe(file)
  for (const line of badLines) expect(error.message).toContain(String(line))
}

describe.runIf(hasRealData)('files that were really saved broken, from ../shared/data/damaged', () => {
  test.each(damagedFiles)('%s', async (name) => {
    const { text, badLines } = asSeedLines(damagedText(name))
    expect(badLines.length).toBeGreaterThan(0)
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'issues.jsonl'), text)
    const before = fingerprint(folder)
    expectRefusedAsCorrupt(await refusalOf(folder), 'issues.jsonl', badLines)
    expect(fingerprint(folder)).toEqual(before)
  })
})

describe('a small file that is broken', () => {
  const record = (id: string): string =>
    JSON.stringify({
      type: 'issue',
      timestamp: '2025-10-12T00:43:03.453438-07:00',
      data: { id, title: id, status: 'open', priority: 1, issue_type: 'task' },
    })

  test.each([
    {
      by: 'conflict markers',
      lines: ['<<<<<<< HEAD', record('a'), '=======', record('a'), '>>>>>>> other'],
      bad: [1, 3, 5],
    },
    { by: 'the end of an older line', lines: [record('a'), record('b'), '7:00","closed_at":"2025"}'], bad: [3] },
    { by: 'a line in the middle', lines: [record('a'), record('b').slice(0, 40), record('c')], bad: [2] },
  ])('by $by is refused and left as it was', async ({ lines, bad }) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'issues.jsonl'), `${lines.join('\n')}\n`)
    const before = fingerprint(folder)
    expectRefusedAsCorrupt(await refusalOf(folder), 'issues.jsonl', bad)
    expect(fingerprint(folder)).toEqual(before)
  })

  test('whole it is adopted, and its times are kept', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'issues.jsonl'), `${record('a')}\n${record('b')}\n`)
    const state = await openIssues(issueStorage(folder))
    expect(await state.issue.get('b')).toMatchObject({
      id: 'b',
      rev: 1,
      updated_at: '2025-10-12T00:43:03.453438-07:00',
    })
    await state.close()
  })
})
