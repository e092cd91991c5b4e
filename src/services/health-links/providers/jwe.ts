const CONTENT_TYPE = 'application/fhir+json;fhirVersion=4.0.1'

/** A document as a compact JWE for the holder of `key` (256 bits, base64url): `dir`, `A256GCM`, deflated. */
export async function encryptDocument(document: string, key: string): Promise<string> {
  const { CompactEncrypt } = await import('jose')
  return new CompactEncrypt(Buffer.from(document))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', zip: 'DEF', cty: CONTENT_TYPE })
    .encrypt(Buffer.from(key, 'base64url'))
}
