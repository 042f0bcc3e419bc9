import type { RuleReader, StoredRecord } from '@stateward/contract'

/** A store as a rule sees it, in Maps: each read looks through everything, which is slow and obvious. */
export class MapReader implements RuleReader {
  private readonly records = new Map<string, StoredRecord>()

  get(type: string, id: string): StoredRecord | undefined {
    return this.records.get(`${type} ${id}`)
  }

  referring(type: string, field: string, id: string): readonly StoredRecord[] {
    return [...this.records]
      .filter(([key]) => key.startsWith(`${type} `))
      .map(([, record]) => record)
      .filter((record) => record[field] === id || (Array.isArray(record[field]) && record[field].includes(id)))
  }

  put(type: string, record: StoredRecord): StoredRecord {
    this.records.set(`${type} ${record.id}`, record)
    return record
  }

  remove(type: string, id: string): void {
    this.records.delete(`${type} ${id}`)
  }
}
