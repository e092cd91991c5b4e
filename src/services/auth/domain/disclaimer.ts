/** What a participant of a study reads before the first sign-in. Its version is a setting of the operator. */
export const DISCLAIMER =
  'This tool gives general information and is not a doctor. It does not diagnose, and it does not replace care. In an ' +
  'emergency call your local emergency number. What you write here is kept for the study under your research id.'
