import { readFileSync } from 'node:fs'

/**
 * When a process began, in ticks since the machine's boot, with the name of that boot: together they never come twice.
 * `undefined` where there is no /proc, or no such process. Source: proc(5), /proc/pid/stat field 22.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in brackets, and may hold spaces and brackets itself.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return ticks === undefined ? undefined : `${boot}:${ticks}`
  } catch {
    return undefined
  }
}
