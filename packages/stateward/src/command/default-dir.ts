/** Where the store is when nobody says otherwise. */
export const defaultDir = './.stateward'
