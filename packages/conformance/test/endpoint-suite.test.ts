import { describe, it } from 'vitest'
import { testEndpoint } from '../src/endpoint/endpoint-suite.ts'
import { PlainEndpoint, PlainStore } from './plain-endpoint.ts'

testEndpoint(
  'a plain endpoint',
  async () => {
    const store = new PlainStore()
    const open = async () => new PlainEndpoint(store)
    return { endpoint: await open(), reopen: open, inProcess: true }
  },
  { describe, it },
)
