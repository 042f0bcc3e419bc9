import type { Commit } from '@stateward/contract'
import { changeText, changeVerb } from './change-text.ts'
import { fitted } from './display-width.ts'
import { lostText } from './lost-text.ts'
import type { Output } from './output.ts'
import { printable } from './printable.ts'
import { timeText } from './record-table.ts'
import { idShortener } from './short-id.ts'

const seqColumns = 7
const timeColumns = 20
const typeColumns = 9

/** A commit for people: one line a change, the first with seq, time and who. */
export function commitLines(commit: Commit, output: Output): string[] {
  const { seq, timestamp, changes, actor, force, lostBefore } = commit
  const short = idShortener(changes.map(({ id }) => id))
  const before =
    lostBefore === undefined ? [] : [output.paint.red(`${' '.repeat(seqColumns)}  ${lostText(lostBefore)}`)]
  const lines = changes.map((change, at) => {
    const { paint } = output
    const verb = changeVerb(change)
    const head =
      at === 0
        ? `${String(seq).padStart(seqColumns)}  ${paint.dim(timeText(timestamp).padEnd(timeColumns))}`
        : ' '.repeat(seqColumns + 2 + timeColumns)
    const by = at === 0 && actor !== undefined ? `  by ${printable(actor)}` : ''
    const forced = at === 0 && force !== undefined ? `  forced: ${printable(force)}` : ''
    const what = `${verb.padEnd(6)} ${change.type.padEnd(typeColumns)}`
    const id = short(change.id)
    // One that was logged whole may have been updated or restored: the line alone does not say.
    const whole = change.op === 'put' && change.rev > 1 ? 'whole: ' : ''
    const text = `${whole}${changeText(change)}${by}${forced}`.trim()
    const used = seqColumns + 2 + timeColumns + 2 + what.length + 1 + id.length + 2
    const shown = output.width === undefined ? text : fitted(text, Math.max(8, output.width - used))
    return `${head}  ${paintVerb(output, verb)(what)} ${paint.cyan(id)}  ${shown}`.trimEnd()
  })
  return [...before, ...lines]
}

export function paintVerb({ paint }: Output, verb: ReturnType<typeof changeVerb>): (text: string) => string {
  if (verb === 'create') return paint.green
  return verb === 'delete' ? paint.red : paint.yellow
}
