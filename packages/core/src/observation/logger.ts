/** Takes log lines: an object of plain facts, and what has happened in words. `pino` fits, and `console`. */
export interface Logger {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}
