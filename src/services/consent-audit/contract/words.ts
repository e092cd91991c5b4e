import * as frame from '../../../kernel/contract.ts'

/** The words of the matrix, as the frame enforces them. */
export const ALL_CATEGORIES = frame.CATEGORIES
export const ALL_PURPOSES = frame.PURPOSES
export const ALL_RECIPIENTS = frame.RECIPIENTS
export const UNSHAREABLE: readonly string[] = frame.NEVER_SHARED
export type Category = frame.Category
export type Purpose = frame.Purpose
export type Recipient = frame.Recipient
