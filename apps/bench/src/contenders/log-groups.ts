import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const newline = 0x0a
const creation = Buffer.from('{"type":"phase",')
const groupMark = Buffer.from(',"dur":')

/**
 * From now on, how many creations go into one write and sync on average, and how many bytes one takes, from Stateward's
 * log itself: the first line of each group carries `dur` (docs/log-format.md). `undefined` when there were none.
 */
export function watchGroups(dir: string): () => string | undefined {
  const sizes = new Map(segmentsIn(dir).map((path) => [path, statSync(path).size]))
  return () => {
    let commits = 0
    let groups = 0
    let bytes = 0
    for (const path of segmentsIn(dir)) {
      for (const line of linesOf(readFileSync(path).subarray(sizes.get(path) ?? 0))) {
        if (!line.subarray(0, creation.length).equals(creation)) continue
        commits++
        bytes += line.length + 1
        if (line.includes(groupMark)) groups++
      }
    }
    if (groups === 0) return undefined
    return `${(commits / groups).toFixed(1)} commits a sync, ${Math.round(bytes / commits)} bytes a commit`
  }
}

/** The number of the segment of the log that was begun last; they count up. */
export function newestSegment(dir: string): number {
  return Math.max(0, ...segmentsIn(dir).map((path) => Number(/(\d+)\.jsonl$/.exec(path)?.[1])))
}

/** The segments of the log, in no order. */
export function segmentsIn(dir: string): readonly string[] {
  return readdirSync(dir)
    .filter((name) => /^log-\d+\.jsonl$/.test(name))
    .map((name) => join(dir, name))
}

/** Each whole line, without its end. */
export function* linesOf(content: Buffer): Generator<Buffer> {
  let from = 0
  for (let to = content.indexOf(newline); to >= 0; to = content.indexOf(newline, from)) {
    yield content.subarray(from, to)
    from = to + 1
  }
}
