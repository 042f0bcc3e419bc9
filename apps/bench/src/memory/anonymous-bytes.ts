import { readFileSync } from 'node:fs'

/** Memory of this process that no file stands for, in bytes; where the system does not say, all that is resident. */
export function anonymousBytes(): number {
  try {
    const found = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))
    if (found !== null) return Number(found[1]) * 1_024
  } catch {
    // Only Linux has it.
  }
  return process.memoryUsage.rss()
}
