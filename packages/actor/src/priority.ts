/** `control` goes before `normal`, `normal` before `low`; none starves, see `bypassMessages`. */
export type Priority = 'control' | 'normal' | 'low'

/** A mailbox's lanes, the one that goes first first. */
export const priorities: readonly Priority[] = ['control', 'normal', 'low']
