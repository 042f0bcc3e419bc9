/** A failure of whoever gives the rows of a base, which says nothing about the disk. Never leaves this package. */
export class RowsFailed extends Error {}
