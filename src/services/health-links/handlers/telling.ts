import { errorFields } from '../../../kernel/log.ts'
import type { Context } from '../../../kernel/service.ts'
import { LANGUAGES, type Language } from '../../../shared/languages.ts'
import { auth } from '../../auth/contract.ts'
import { guardiansOf } from '../store/card.ts'
import { type LinkTexts, linkTexts } from '../texts/texts.ts'

/** Tells the person and whoever keeps their record, each in their language. That nobody could be told keeps nobody waiting. */
export async function tellOwner(
  context: Context,
  personId: string,
  words: (texts: LinkTexts) => readonly [subject: string, text: string],
): Promise<void> {
  const guardians = await guardiansOf(context.system('whom to tell about what was handed out').db, personId)
  const say = (language: Language) => {
    const [subject, text] = words(linkTexts(language))
    return { language, subject, text }
  }
  const { subject, text } = say('en')
  const translations = LANGUAGES.filter((one) => one !== 'en').map(say)
  for (const account_id of [personId, ...guardians]) {
    await context
      .call(auth.operations.tellHolder, { account_id, subject, text, translations })
      .catch((error: unknown) => context.log.warn(errorFields(error), 'the owner of a record could not be told'))
  }
}
