/**
 * The command that runs one rig alone; with `STATEWARD_SEED` before it, one seed of it.
 * @param file relative to the root
 */
export const replayOf = (id: string, file: string): string => `npx vitest run ${file} -t ${id}`
