/** Whether the bytes hold these bytes somewhere. Storages may give any `Uint8Array`, which by itself looks for single bytes only. */
export function holdsBytes(bytes: Uint8Array, wanted: Buffer): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(wanted)
}
