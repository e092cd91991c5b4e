const QUIET_MODULES = 4

/** The squares of a text as a QR code (15 % may be damaged), with its quiet edge. */
async function squaresOf(text: string): Promise<readonly (readonly boolean[])[]> {
  const { encode } = await import('uqr')
  return encode(text, { ecc: 'M', border: QUIET_MODULES }).data
}

/** A text as a QR code, row by row: `1` is a dark square. */
export async function qrRows(text: string): Promise<string[]> {
  return (await squaresOf(text)).map((row) => row.map((isDark) => (isDark ? '1' : '0')).join(''))
}

/** A text as a QR code: SVG without scripts or styles, dark on white in light and dark pages alike. */
export async function qrSvg(text: string, label: string): Promise<string> {
  const data = await squaresOf(text)
  const size = data.length
  const path = data.map((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`
}
