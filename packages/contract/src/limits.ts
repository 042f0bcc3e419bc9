/** Bounds of what a store accepts, with their units in the name. What exceeds one is `TOO_LARGE` or `INVALID`. */
export const limits = {
  /** Nesting of a record, the record itself being 1. */
  depth: 64,
  keysPerObject: 10_000,
  idChars: 512,
  textChars: 16_777_216,
  actorChars: 200,
  txidChars: 200,
  reasonChars: 2_000,
  /** One commit as a line; also the bound of one `transact`. */
  commitBytes: 1_048_576,
  /** One line of one record. */
  recordBytes: 16_777_216,
  /** One line of a restoration, and the export it comes from. */
  restoreBytes: 16_777_216,
  /** One line of a bulk write: a record of it that is not in memory is found by reading and checking its whole line. */
  bulkCommitBytes: 8_192,
  mailboxAsks: 10_000,
  batchAsks: 4_096,
  /** Patches in a row before a record is written whole. */
  patchChain: 8,
  txidWindow: 10_000,
  queryRows: 1_000_000,
  pageRows: 100,
  filterDepth: 32,
  filterNodes: 1_000,
  inValues: 10_000,
  openSnapshots: 16,
  /** How old a snapshot may grow before the store tells of it, and before it closes it. */
  snapshotWarnMs: 300_000,
  snapshotMaxAgeMs: 3_600_000,
  /** Writes in one `transaction`. */
  transactionSteps: 10_000,
  /** Records that one `transaction` may look at or write by their ids, and queries that it may ask: each is looked at again at its commit. */
  transactionIds: 100_000,
  transactionQueries: 1_000,
  /** How long a `transaction` may take, retries included, where its caller names no time. */
  transactionMs: 30_000,
  transactionRetries: 16,
  /** Measures of one aggregate. */
  measures: 32,
  plannedQueries: 2_000,
  /** Records that one call of a synchronous view may read from the log. */
  viewBodies: 1_000,
  historyPage: 1_000,
  diffPage: 1_000,
  /** Versions that the index of histories knows; of older ones the log is read. 8 bytes each. */
  indexedVersions: 16_777_216,
  /** Past states that are kept at hand for queries. Each takes what an open store of its size does. */
  pastStates: 2,
  /** Newest commits that are kept at hand for feeds, while there are any; what is older they read from the log. */
  recentCommits: 1_024,
  recentBytes: 8_388_608,
  /** Versions that one feed keeps while it catches up, to tell what changes rest on. */
  feedBytes: 8_388_608,
  /** Rows of one live query. */
  liveRows: 10_000,
  /** Differences that wait for one reader of a live query, before it is told the whole result anew instead. */
  liveBacklog: 1_000,
  cacheBytes: 67_108_864,
  closeTimeoutMs: 30_000,
} as const
