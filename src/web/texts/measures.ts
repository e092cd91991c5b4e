import { areaTexts } from './catalogue.ts'

/** Names of what only devices measure, by code: English has them from the server, other languages when needed (`loadMeasureNames`). */
export const measuresEnglish: Readonly<Record<string, string>> = {}

export const measureNames = areaTexts('measures', measuresEnglish)
