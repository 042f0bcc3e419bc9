import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const newline = 0x0a
const creation = Buffer.from('{"type":"phase",')
const groupMark = Buffer.from(',"dur":')

/**
 * How many creations went into one write and sync on average, and how many bytes one takes, from Stateward's log itself:
 * the first line of each group carries `dur` (docs/log-format.md). `undefined` when there are none.
 */
export function groupSizes(dir: string): string | undefined {
  let commits = 0
  let groups = 0
  let bytes = 0
  for (const name of readdirSync(dir).filter((file) => /^log-\d+\.jsonl$/.test(file))) {
    for (const line of linesOf(readFileSync(join(dir, name)))) {
      if (!line.subarray(0, creation.length).equals(creation)) continue
      commits++
      bytes += line.length + 1
      if (line.includes(groupMark)) groups++
    }
  }
  if (groups === 0) return undefined
  return `${(commits / groups).toFixed(1)} commits a sync, ${Math.round(bytes / commits)} bytes a commit`
}

function* linesOf(content: Buffer): Generator<Buffer> {
  let from = 0
  for (let to = content.indexOf(newline); to >= 0; to = content.indexOf(newline, from)) {
    yield content.subarray(from, to)
    from = to + 1
  }
}
