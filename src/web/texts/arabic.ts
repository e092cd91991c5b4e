import type { Catalogue, Partly } from './translation.ts'

/** Arabic: the frame of the client, the account, the people, and everything that is measured. */
const frame: Partly<Catalogue> = {}

/** Arabic, by area. */
export const arabic = { frame }
