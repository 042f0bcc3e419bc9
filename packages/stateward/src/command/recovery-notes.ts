import type { RecoveryReport } from '@stateward/contract'
import { lostText } from './lost-text.ts'

/** What the person should know of an opening that found something to set right. */
export function recoveryNotes({ quarantined, adopted, clean, created, lost = [] }: RecoveryReport): string[] {
  const notes = quarantined.map(
    ({ file, byte, bytes, keptIn }) =>
      `recovered: the last writer was stopped in the middle of a write; ${bytes} bytes behind byte ${byte} of ${file}, never acknowledged, are kept in ${keptIn}`,
  )
  notes.push(...lost.map((range) => `salvaged: ${lostText(range)}; the report is in quarantine/`))
  if (adopted.length > 0) notes.push(`adopted as unverified history, and not changed: ${adopted.join(', ')}`)
  if (notes.length === 0 && !clean && !created) {
    notes.push('recovered: the last writer did not close the store; every line of the log holds')
  }
  return notes
}
