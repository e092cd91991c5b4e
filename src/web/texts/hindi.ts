import type { Catalogue, Partly } from './translation.ts'

/** Hindi: the frame of the client, the account, the people, and everything that is measured. */
const frame: Partly<Catalogue> = {}

/** Hindi, by area. */
export const hindi = { frame }
