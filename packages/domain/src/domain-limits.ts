/**
 * Bounds of the built-in types, with their units in the name. What exceeds one is `INVALID`: a state log is no place
 * for bulk output.
 */
export const domainLimits = {
  /** Of `name` and `loop_type`, in Unicode characters (code points); at least 1. */
  nameChars: 500,
  /** Of `description` and `error.message`, as UTF-8. */
  descriptionBytes: 65_536,
  /** Of `metadata` and `metrics.resource_usage`, each as JSON in UTF-8. */
  metadataBytes: 16_384,
} as const
