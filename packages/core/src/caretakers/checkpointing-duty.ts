import type { Terms } from '../lifecycle/terms.ts'
import type { CheckpointGate } from '../recovery/checkpoint-gate.ts'
import type { Duty } from './caretaker.ts'

/** Saves checkpoints as long as it is on duty, at once where one is due. What fails goes to `failed`; nobody waits for it. */
export function checkpointingDuty(
  { terms, gate }: { readonly terms: Terms; readonly gate: CheckpointGate },
  failed: (error: unknown) => void,
): Duty {
  gate.failed = failed
  return {
    begin() {
      gate.isOpen = true
      terms.current.checkpoints.look()
    },
    end() {
      gate.isOpen = false
    },
  }
}
