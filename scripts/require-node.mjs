// The oldest Node this project runs on. Written so that a Node of many years ago can still parse and obey it.
const oldestMajor = 20
const oldestMinor = 19

/** Ends the process with a clear sentence when Node is too old; returns otherwise. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  console.error(
    `Stateward needs Node ${oldestMajor}.${oldestMinor} or newer; this is Node ${version}. ` +
      'Install a newer Node and run the same command again.',
  )
  process.exit(1)
}
