import { execFileSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** Where and of what the figures are. */
export interface Surroundings {
  readonly date: string
  readonly commit: string
  readonly node: string
  readonly machine: string
  /** Load average of the last minute when the run began. */
  readonly load: number
  readonly fileSystem: string
  readonly code: 'built' | 'source'
}

const memoryFileSystems: readonly number[] = [0x01021994, 0x858458f6]

export function surroundingsOf(dir: string, code: Surroundings['code'], now: Date): Surroundings {
  const gibibytes = Math.round(totalmem() / 1024 ** 3)
  return {
    date: now.toISOString(),
    commit: commitOf(),
    node: process.version,
    machine: `${process.platform} ${process.arch}, ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? '?'}, ${gibibytes} GiB`,
    load: loadavg()[0] ?? 0,
    fileSystem: memoryFileSystems.includes(statfsSync(dir).type) ? 'memory: nothing is ever synced' : 'disk',
    code,
  }
}

/** The commit measured, marked when the tree differs from it; `unknown` outside of a repository. */
function commitOf(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' and changes')
  } catch {
    return 'unknown'
  }
}
