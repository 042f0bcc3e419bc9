/** Where a message is. `waiting`: for room. `stashed`: put aside. `taken`: handed out. `claimed`: past the point of no return. */
export type MessageState = 'waiting' | 'queued' | 'stashed' | 'taken' | 'claimed' | 'settled'
