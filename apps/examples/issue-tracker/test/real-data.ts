import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { changesFile, dataFolder, issuesFile, missingFiles } from '../src/data-folder.ts'
import { readJsonLines } from '../src/json-lines.ts'
import type { SourceChange, SourceIssue } from '../src/source.ts'

/** Whether the real records and changes are there; the tests that need them are skipped, and counted, where they are not. */
export const hasRealData: boolean = missingFiles(dataFolder).length === 0

export const realIssues = (): readonly SourceIssue[] => readJsonLines(join(dataFolder, issuesFile))

export const realChanges = (): readonly SourceChange[] => readJsonLines(join(dataFolder, changesFile))

const damagedFolder = join(dataFolder, 'damaged')

/** Names of the files that were saved broken. */
export const damagedFiles: readonly string[] = hasRealData ? readdirSync(damagedFolder) : []

/** The lines of one of them, as they were saved. */
export const damagedText = (name: string): string =>
  gunzipSync(readFileSync(join(damagedFolder, name))).toString('utf8')
