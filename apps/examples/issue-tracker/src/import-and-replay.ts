import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changesFile, issuesFile } from './data-folder.ts'
import { importIssues } from './import-issues.ts'
import { readJsonLines } from './json-lines.ts'
import { issueStorage } from './open-issues.ts'
import type { Options } from './options.ts'
import { count, duration, type Progress } from './progress.ts'
import { answers } from './questions.ts'
import { replayChanges } from './replay-changes.ts'
import type { SourceChange, SourceIssue } from './source.ts'
import { carryOut, type Stage } from './stage.ts'

interface Telling {
  readonly progress: Progress
  readonly now: () => number
}

/** Imports the records into one store and replays the changes into another. Answers whether both were verified. */
export async function importAndReplay({ data, dir, memory }: Options, telling: Telling): Promise<boolean> {
  const stores = memory ? undefined : (dir ?? mkdtempSync(join(tmpdir(), 'stateward-issues-')))
  const imported = await imports(data, stageIn(stores, 'imported', telling))
  const ok = imported && (await replays(data, stageIn(stores, 'replayed', telling)))
  if (stores !== undefined) telling.progress.say(whatToTry(join(stores, 'replayed')))
  return ok
}

async function imports(data: string, stage: Stage): Promise<boolean> {
  const { progress, now } = stage
  const issues = readJsonLines<SourceIssue>(join(data, issuesFile))
  progress.say(`Import of ${count(issues.length)} records of a real issue tracker`)
  return carryOut(stage, async (state) => {
    const started = now()
    const found = await importIssues(state, issues, progress.start('records', issues.length))
    progress.say(`  ${rate(found.issues, 'records', now() - started)}`)
    progress.say(
      `  in an epic: ${count(found.inEpics)}, of which in one that is not there: ${count(found.withoutTheirEpic)}`,
    )
    for await (const line of answers(state, now)) progress.say(line)
  })
}

async function replays(data: string, stage: Stage): Promise<boolean> {
  const { progress, now } = stage
  const changes = readJsonLines<SourceChange>(join(data, changesFile))
  progress.say(`Replay of ${count(changes.length)} of its real changes, each a commit of its own`)
  return carryOut(stage, async (state) => {
    const started = now()
    const found = await replayChanges(state, changes, progress.start('changes', changes.length))
    progress.say(`  ${rate(changes.length, 'acknowledged commits', now() - started)}`)
    progress.say(`  creates: ${count(found.creates)}, of which after a deletion: ${count(found.recreates)}`)
    progress.say(`  updates: ${count(found.updates)}, of which without a new updated_at: ${count(found.silentUpdates)}`)
    progress.say(`  deletes: ${count(found.deletes)}`)
    progress.say(
      `  into an epic: ${count(found.intoEpics)}, of which before it was there: ${count(found.intoAbsentEpics)}`,
    )
  })
}

function stageIn(stores: string | undefined, name: string, telling: Telling): Stage {
  const dir = stores === undefined ? undefined : join(stores, name)
  return { storage: issueStorage(dir), lasting: dir !== undefined, ...telling }
}

function rate(items: number, what: string, ms: number): string {
  return `${count(items)} ${what} in ${duration(ms)}: ${count(Math.round((items * 1_000) / ms))} a second`
}

function whatToTry(dir: string): string {
  const log = `cat ${dir}/log-*.jsonl`
  return [
    '',
    'The log is lines of JSON. To look at them:',
    `  ${log} | head -3`,
    `  ${log} | jq -r .type | sort | uniq -c`,
    `  ${log} | jq -c 'select(.id == "bd-1" or .data.id == "bd-1")'`,
  ].join('\n')
}
