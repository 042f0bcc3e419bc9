/** The plan that the demo carries through: names, and what each waits for. Thirty specs in six layers. */
export const workPlan: readonly { readonly name: string; readonly after: readonly string[] }[] = [
  { name: 'Read the contract', after: [] },
  { name: 'Choose the words', after: [] },
  { name: 'Draw the layers', after: [] },
  { name: 'Set up the build', after: [] },
  { name: 'Line format', after: ['Read the contract', 'Choose the words'] },
  { name: 'Checksums', after: ['Read the contract'] },
  { name: 'Disk interface', after: ['Draw the layers'] },
  { name: 'Clock and chance', after: ['Draw the layers'] },
  { name: 'Mailbox', after: ['Draw the layers', 'Set up the build'] },
  { name: 'Segments', after: ['Line format', 'Checksums', 'Disk interface'] },
  { name: 'Group commit', after: ['Line format', 'Disk interface', 'Mailbox'] },
  { name: 'Writer lock', after: ['Disk interface'] },
  { name: 'Manifest', after: ['Segments'] },
  { name: 'Torn tails', after: ['Segments', 'Checksums'] },
  { name: 'Ids and slots', after: ['Choose the words'] },
  { name: 'Equality index', after: ['Ids and slots'] },
  { name: 'Ordered index', after: ['Ids and slots'] },
  { name: 'Relation index', after: ['Ids and slots'] },
  { name: 'Filters', after: ['Choose the words', 'Set up the build'] },
  { name: 'Planner', after: ['Filters', 'Equality index', 'Ordered index', 'Relation index'] },
  { name: 'Explain', after: ['Planner'] },
  { name: 'Recovery', after: ['Manifest', 'Torn tails', 'Writer lock'] },
  { name: 'Transactions', after: ['Group commit', 'Line format'] },
  { name: 'Snapshots', after: ['Group commit', 'Ids and slots'] },
  { name: 'Compaction', after: ['Recovery', 'Snapshots'] },
  { name: 'History', after: ['Segments', 'Transactions'] },
  { name: 'Command line', after: ['Explain', 'History', 'Recovery'] },
  { name: 'Crash rig', after: ['Recovery', 'Compaction'] },
  { name: 'Benchmarks', after: ['Planner', 'Group commit'] },
  { name: 'Ship it', after: ['Command line', 'Crash rig', 'Benchmarks'] },
]

/** Every spec goes through these, in order. */
export const phaseNames: readonly string[] = ['design', 'build', 'prove']

/** The spec whose work fails at the first try, to be taken again. */
export const failsOnce = 'Torn tails'
