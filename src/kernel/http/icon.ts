const HEART = 'M16 24c-5-3.4-8-6.4-8-10a4.3 4.3 0 0 1 8-2.2A4.3 4.3 0 0 1 24 14c0 3.6-3 6.6-8 10z'

/** The sign of the platform as a drawing; full to its edges where the device cuts it to its own shape. */
export function iconSvg(isMaskable = false): string {
  const round = isMaskable ? '' : ' rx="9"'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32"${round} fill="#0b6e5f"/><path d="${HEART}" fill="#fbfaf7"/></svg>`
}
