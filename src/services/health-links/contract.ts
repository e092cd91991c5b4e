import { defineContract } from '../../kernel/contract.ts'
import { cardOperations, cardStreams } from './contract/card.ts'
import { linkOperations, linkStreams } from './contract/links.ts'
import { noteOperations, noteStreams } from './contract/notes.ts'

export const healthLinks = defineContract({
  name: 'health-links',
  summary:
    'What a person hands out of their record: SMART Health Links with the patient summary, and the emergency card.',
  summaryIn: {
    hi: 'व्यक्ति अपने रिकॉर्ड से जो देता है: रोगी सार वाले स्वास्थ्य लिंक, और आपात कार्ड।',
    ar: 'ما يعطيه الشخص من سجله: الروابط الصحية مع ملخص المريض، وبطاقة الطوارئ.',
    ms: 'Apa yang diberi seseorang daripada rekodnya: pautan kesihatan dengan ringkasan pesakit, dan kad kecemasan.',
  },
  operations: { ...linkOperations, ...cardOperations, ...noteOperations },
  streams: { ...linkStreams, ...cardStreams, ...noteStreams },
})
