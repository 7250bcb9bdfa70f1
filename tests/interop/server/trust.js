// The documents of docs/protocol.md, section 4, signed by an anchor that is drawn for this run.

import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

const FOREVER = 4_000_000_000;

/** The pin of a certificate: SHA-256 of its SubjectPublicKeyInfo, base64url. */
function pinOf(certificatePem) {
  const spki = new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64url');
}

/** Draws a key that signs with ES256. */
async function drawKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  return { privateKey, jwk: { kty, crv, x, y } };
}

/** What the bank's trust anchor has signed and the server publishes. */
export class Trust {
  #anchor;
  #stranger;
  #receiptKey;
  #issuer;
  #pin;
  published;

  /** An anchor with a first pin set, whose first pin is that of the certificate in use. */
  static async draw(issuer, certificatePem) {
    const trust = new Trust();
    trust.#anchor = await drawKey();
    trust.#stranger = await drawKey();
    trust.#receiptKey = await drawKey();
    trust.#issuer = issuer;
    trust.#pin = pinOf(certificatePem);
    trust.published = await trust.pinSet({ version: 1 });
    return trust;
  }

  get anchorJwk() {
    return this.#anchor.jwk;
  }

  /**
   * A pin set. `issuer`: whose, if not the server's. `leaf`: whether the certificate in use is among the pins. `by_stranger`: signed
   * by a key that is not the anchor.
   */
  async pinSet({ version, issuer = this.#issuer, leaf = true, by_stranger: byStranger = false }) {
    const other = () => randomBytes(32).toString('base64url');
    const pins = [leaf ? this.#pin : other(), other()];
    const claims = { iss: issuer, version, iat: 0, exp: FOREVER, pins };
    return this.#signed(byStranger ? this.#stranger : this.#anchor, 'guichet-pins+jwt', claims);
  }

  /** The list of receipt keys, with one key that has signed nothing. */
  async receiptKeys() {
    const kid = await calculateJwkThumbprint(this.#receiptKey.jwk);
    const keys = [{ ...this.#receiptKey.jwk, kid, nbf: 0, exp: FOREVER }];
    return this.#signed(this.#anchor, 'guichet-receipt-keys+jwt', { iss: this.#issuer, version: 1, iat: 0, keys });
  }

  #signed(key, typ, claims) {
    return new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'ES256', typ })
      .sign(key.privateKey);
  }
}
