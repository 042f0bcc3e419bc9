/** Counts the processor time of this process, all threads together: on a busy machine steadier than any clock. */
export class CpuWatch {
  #from = process.cpuUsage()

  start(): void {
    this.#from = process.cpuUsage()
  }

  /** Microseconds since `start`. */
  stop(): number {
    const { user, system } = process.cpuUsage(this.#from)
    return user + system
  }
}
