/** One thing that is not as it should be, and where. `line` is 1-based; 0 speaks of the whole file. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly message: string
}

export const textOf = ({ path, line, message }: Finding): string => `${path}${line === 0 ? '' : `:${line}`} ${message}`
