/** What looks for a planted bug. Each is a longer test of its own somewhere else, and rejects as soon as it has found something. */
export const layers = ['crash', 'fault', 'bytes', 'suite', 'lock', 'state', 'model', 'query', 'stores'] as const

export type Layer = (typeof layers)[number]
