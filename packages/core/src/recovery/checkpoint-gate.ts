/** Whether checkpoints are saved while the store is open, and whom to tell when one fails: of all terms of a store. */
export class CheckpointGate {
  isOpen = false
  failed: (error: unknown) => void = () => undefined
}
