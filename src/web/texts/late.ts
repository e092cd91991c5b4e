import { areaTexts } from './catalogue.ts'

/** Sentences of the server that few people meet, by the form of the English: they come when needed (`loadLateWords`). */
export const lateEnglish: Readonly<Record<string, string>> = {}

export const lateTexts = areaTexts('late', lateEnglish)
