import { type Reaction, reaction } from '../../kernel/service.ts'
import { userProfile } from '../user-profile/contract.ts'

/** What a range depends on. */
const OF_RANGES = /birth|sex|gender|pregnan/

/** Who the person is decides which range holds: results are judged again by a job. */
const onProfileChanged = reaction({
  name: 'profile-changed',
  on: userProfile.events.profileChanged,
  async handle(context, { data }, transaction) {
    if (!data.fields.some((field) => OF_RANGES.test(field))) return
    await transaction.enqueue('judge-labs-again', {}, { key: `judge/${context.personId}` })
  },
})

export const reactions: readonly Reaction[] = [onProfileChanged as Reaction]
