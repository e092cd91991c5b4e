import { endpoint } from '../../../web/client/endpoint.ts'
import type { userProfile } from '../contract.ts'

type Profile = typeof userProfile.operations

export const listProfiles = endpoint<Profile['listProfiles']>('GET /profiles')
export const createProfile = endpoint<Profile['createProfile']>('POST /profiles')
export const removeProfile = endpoint<Profile['removeProfile']>('DELETE /profiles/:profile_id')
export const readProfile = endpoint<Profile['readProfile']>('GET /profile', { isKept: true })
export const changeProfile = endpoint<Profile['changeProfile']>('PATCH /profile')
export const readPreferences = endpoint<Profile['readPreferences']>('GET /preferences', { isKept: true })
/** How the person reads values and dates: said while the server is away, it is done when it is back. */
export const choosePreferences = endpoint<Profile['changePreferences']>('PATCH /preferences', { mayWait: true })
export const changePreferences = endpoint<Profile['changePreferences']>('PATCH /preferences')
