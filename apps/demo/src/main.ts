import { demo, explained } from './demo.ts'

const [path, ...rest] = process.argv.slice(2)
if (rest.length > 0 || path?.startsWith('-') === true) {
  console.error('npm start                  in a fresh directory')
  console.error('npm start -- PATH          in this state directory, or with the lines of this JSONL file')
  process.exit(path === '--help' || path === '-h' ? 0 : 2)
}
const { stdout } = process
const columns = stdout.isTTY && stdout.columns >= 80 ? stdout.columns : 0
try {
  process.exitCode = await demo(path, { columns, write: (text) => stdout.write(text) })
} catch (error) {
  console.error(`\n${explained(error)}`)
  process.exitCode = 1
}
