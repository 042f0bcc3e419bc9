import type { Storage } from '@stateward/contract'

/** The lines of a log, as core wrote them, oldest first. */
export async function rawLog(storage: Storage, from = 1): Promise<string[]> {
  const reader = await storage.openReader()
  try {
    const lines: string[] = []
    for await (const { records } of reader.read(from))
      for (const record of records) lines.push(Buffer.from(record).toString())
    return lines
  } finally {
    await reader.close()
  }
}

/** The rows of the newest base. */
export async function rawBase(storage: Storage): Promise<string[]> {
  const reader = await storage.openReader()
  try {
    const base = await reader.loadBase()
    const rows: string[] = []
    if (base !== undefined)
      for await (const { records } of base.chunks)
        for (const record of records) rows.push(Buffer.from(record).toString())
    return rows
  } finally {
    await reader.close()
  }
}
