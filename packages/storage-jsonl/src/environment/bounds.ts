/** Bounds and defaults of this storage, with their units in the name. */
export const bounds = {
  /** One commit as core gives it: `limits.recordBytes` of the contract. */
  recordBytes: 16_777_216,
  /** One call of `append`, before the seals. */
  appendBytes: 33_554_432,
  appendRecords: 65_536,
  /** Appends are put together up to this much for one write and one sync. */
  batchBytes: 4_194_304,
  batchCommits: 4_096,
  /** A batch up to this size is written without a trip to the thread pool. */
  directWriteBytes: 262_144,
  readBytes: 1_048_576,
  /** What is read or written in one turn of the event loop by work that may take long: about a millisecond of it. */
  sliceBytes: 131_072,
  /** What is written in the background is synced each time that so much of it is not. */
  syncBytes: 8_388_608,
  /** No write of this storage makes a longer run of bytes without a line feed. */
  lineBytes: 134_217_728,
  segmentBytes: 67_108_864,
  segmentBytesMin: 4_096,
  segmentBytesMax: 4_294_967_296,
  manifestBytes: 268_435_456,
  /** A hint names a line of a segment for each so many bytes: what a read from its middle may check in vain. */
  seekBytes: 65_536,
  openFiles: 64,
  /** Bad lines that an error names; the others are counted. */
  namedDamage: 20,
  /** Bytes behind the end of a log that an opening moves aside. */
  quarantineBytes: 1_073_741_824,
  /** Places of one file that a report of a salvage or a repair names; the others are counted. */
  reportedPlaces: 1_000,
  intervalMs: 1_000,
  idleProofMs: 20,
  fenceCheckMs: 5_000,
  /** 0: segments end by their size alone. */
  segmentAgeMs: 0,
  /** How far the system's time must step back at once to be told. */
  clockStepMs: 1_000,
  ballastBytes: 4_194_304,
  ballastBytesMax: 1_073_741_824,
  roomCheckMs: 1_000,
  /** Room that a disk that was full must have, beside the ballast's, before appends are taken again. */
  roomBytes: 65_536,
  /** How much room a base needs, in sizes of the former one, or of what is live. */
  baseRoom: 1.2,
  pollMs: 200,
  /** How long a reader waits for the proof of lines that it sees, and how often it looks meanwhile. */
  proofPatienceMs: 250,
  proofPollMs: 10,
} as const
