/** Number of a commit in its log: 1, 2, 3 … without gaps; 0 means an empty log. The writer assigns it, the storage verifies it. */
export type Seq = number
