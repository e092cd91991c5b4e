import { defineContract } from '../../kernel/contract.ts'
import { cardOperations, cardStreams } from './contract/card.ts'
import { linkOperations, linkStreams } from './contract/links.ts'
import { noteOperations, noteStreams } from './contract/notes.ts'

export const healthLinks = defineContract({
  name: 'health-links',
  summary:
    'What a person hands out of their record: SMART Health Links with the patient summary, and the emergency card.',
  operations: { ...linkOperations, ...cardOperations, ...noteOperations },
  streams: { ...linkStreams, ...cardStreams, ...noteStreams },
})
