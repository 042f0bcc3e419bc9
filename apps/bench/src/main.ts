import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askerArgument, beAskerChild } from './actors/asker-child.ts'
import { bench } from './bench.ts'
import { benchAside } from './bench-aside.ts'
import { type Options, optionsOf, usage } from './options.ts'
import { boundTable } from './report/bound-table.ts'
import { groupTable } from './report/group-table.ts'
import { legend } from './report/markdown.ts'
import { ratioTable } from './report/ratio-table.ts'
import { shareTable } from './report/share-table.ts'
import { addToHistory, writeResults } from './report/write-results.ts'
import { asideArgument, beAsideChild } from './run/aside-child.ts'
import { beChild, childArgument } from './run/child.ts'
import { findEntry } from './run/entry.ts'
import { beWriter, writerArgument } from './run/writer.ts'

// Both this file and what is built of it lie one folder below the app's.
const app = (folder: string): string => fileURLToPath(new URL(`../${folder}`, import.meta.url))

async function main(options: Options): Promise<number> {
  const entry = findEntry(options.source ? 'source' : 'built')
  if (entry.kind === 'source') console.error('measuring the sources through a loader: every figure is worse than built')
  const aside = await benchAside(options, { entry, dir: options.dir ?? app('.stateward'), results: app('results') })
  if (aside !== undefined) {
    console.log(aside)
    return 0
  }
  // Beside this program and not among temporary files, which on many machines are kept in memory.
  const { report, rows } = await bench(options, { entry, dir: options.dir ?? app('.stateward') })
  for (const group of report.groups) console.log(groupTable(group))
  const tables = [ratioTable, boundTable, shareTable].map((of) => of(report.groups)).filter((text) => text !== '')
  console.log(`${tables.join('\n\n')}\n\n${legend}\n`)
  if (report.surroundings.fileSystem !== 'disk') console.log('The stores were kept in memory: give --dir a disk.\n')
  const paths = writeResults(app('results'), report, rows)
  const history = options.record ? [addToHistory(app('results'), report)] : []
  console.log(`written: ${[...paths, ...history].map((path) => relative('.', path)).join(', ')}`)
  const failures = rows.filter(({ failure }) => failure !== undefined)
  for (const { workload, contender, failure } of failures) console.error(`${workload} ${contender} failed: ${failure}`)
  return failures.length === 0 ? 0 : 1
}

function parsed(): Options | undefined {
  try {
    return optionsOf(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return undefined
  }
}

if (process.argv[2] === childArgument) beChild()
else if (process.argv[2] === writerArgument) beWriter()
else if (process.argv[2] === askerArgument) beAskerChild()
else if (process.argv[2] === asideArgument) beAsideChild()
else {
  const options = parsed()
  if (options?.help === true) console.log(usage)
  else process.exitCode = options === undefined ? 2 : await main(options)
}
