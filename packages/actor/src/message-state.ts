/** Where a message is. `waiting`: for room. `taken`: handed out. `claimed`: past the point of no return. */
export type MessageState = 'waiting' | 'queued' | 'taken' | 'claimed' | 'settled'
