import { defineContract } from '../../kernel/contract.ts'
import { events } from './contract/events.ts'
import { familyOperations } from './contract/family.ts'
import { healthOperations } from './contract/healthAttributes.ts'
import { internalOperations } from './contract/internal.ts'
import { preferencesOperations } from './contract/preferences.ts'
import { privacyOperations } from './contract/privacy.ts'
import { profileOperations } from './contract/profile.ts'
import { patientProjection } from './contract/projection.ts'

export const userProfile = defineContract({
  name: 'user-profile',
  summary: 'Who a person is: the facts every calculation uses, preferences, privacy, and the people an account keeps.',
  summaryIn: {
    hi: 'व्यक्ति कौन है: हर गणना के तथ्य, पसंदें, निजता, और खाते से जुड़े लोग।',
    ar: 'من الشخص: ما تعتمد عليه كل عملية حسابية، والتفضيلات والخصوصية، ومن يرعاهم الحساب.',
    ms: 'Siapa orang itu: fakta untuk setiap pengiraan, pilihan, privasi, dan orang yang dijaga oleh akaun.',
  },
  operations: {
    ...profileOperations,
    ...preferencesOperations,
    ...privacyOperations,
    ...healthOperations,
    ...familyOperations,
    ...internalOperations,
    ...patientProjection.operations,
  },
  events,
  provides: { facts: 'facts', projections: [patientProjection.declaration] },
})
