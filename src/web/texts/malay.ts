import type { Catalogue, Partly } from './translation.ts'

/** Malay: the frame of the client, the account, the people, and everything that is measured. */
const frame: Partly<Catalogue> = {}

/** Malay, by area. */
export const malay = { frame }
