/** The key of the backend's tokens, as it derives it from its secret. */
export async function tokenKey(secret: string): Promise<CryptoKey> {
  const encode = (text: string) => new TextEncoder().encode(text)
  const base = await crypto.subtle.importKey('raw', encode(secret), 'HKDF', false, ['deriveBits'])
  const info = encode('session token')
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  const bits = await crypto.subtle.deriveBits(algorithm, base, 256)
  return crypto.subtle.importKey('raw', bits, 'AES-GCM', false, ['encrypt', 'decrypt'])
}
