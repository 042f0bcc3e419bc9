/** The code that a promise rejects with; `none` when it resolves, `an error without a code` for any other. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'none'
  } catch (error) {
    const isCoded = typeof error === 'object' && error !== null && 'code' in error && 'retryable' in error
    return isCoded ? String(error.code) : `an error without a code: ${String(error)}`
  }
}
