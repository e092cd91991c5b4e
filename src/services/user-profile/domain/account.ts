import type { DataOf } from '../../../kernel/contract.ts'
import type { auth } from '../../auth/contract.ts'
import { BLOOD_TYPES, GENDERS } from '../contract/profile.ts'
import type { Data } from './tidy.ts'

type AccountCreated = DataOf<typeof auth.events.accountCreated>
type SignUpFacts = AccountCreated['facts']

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/

/** What the account was made with: the profile shows it until the person says otherwise. */
export function accountData(event: AccountCreated): Data {
  const { display_name, first_name, last_name, email, phone, language } = event
  return given({
    display_name,
    first_name,
    last_name,
    email,
    phone_number: phone,
    language: language !== null && LANGUAGE.test(language) ? language : null,
  })
}

/**
 * What the phone sign-up says of a person, in the words of the profile. Words the profile does not know are left out:
 * an age without a date of birth is no fact a year later.
 */
export function signUpProfile(facts: SignUpFacts): Data {
  const gender = GENDERS.find((one) => one === facts.gender?.trim().toLowerCase().replaceAll(' ', '_'))
  const blood = BLOOD_TYPES.find((one) => one === facts.blood_group)
  return given({
    gender,
    blood_type: blood,
    allergies: facts.allergies,
    conditions: facts.conditions,
    emergency_contact_name: facts.emergency_contact,
    emergency_contact_phone: facts.emergency_phone,
  })
}

function given(members: Data): Data {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )
}
