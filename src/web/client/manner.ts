import type { OutputOf } from '../../kernel/contract.ts'
import type { userProfile } from '../../services/user-profile/contract.ts'
import { createStore } from './store.ts'

type Card = OutputOf<(typeof userProfile.operations)['listProfiles']>['items'][number]
export type Manner = Partial<
  Pick<Card, 'units' | 'glucose_unit' | 'hba1c_unit' | 'laboratory_units' | 'date_format' | 'time_format'>
>

/** How the person at the screen reads values and dates, whoever's record it is: the choices of their own profile. */
export const manner = createStore<Manner>({})
