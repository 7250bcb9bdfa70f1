// The bank's API as the core meets it here: every call is validated by npm `oauth4webapi` (access token and DPoP proof) and npm
// `http-message-signatures` (RFC 9421), none of which was written for Guichet. Nonces and the memory of proofs are the server's own
// affair in both RFCs, and so they are here.

import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import httpMessageSignatures from 'http-message-signatures';
import { calculateJwkThumbprint, decodeProtectedHeader, decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';

const { createVerifier, httpbis } = httpMessageSignatures;

const MINUTE_S = 60;
const COVERED = ['@method', '@target-uri', 'authorization', 'dpop', 'content-digest'];

/** Why a call is refused: the code of docs/protocol.md, section 5. */
class Refusal extends Error {
  constructor(code, cause) {
    super(code, { cause });
    this.code = code;
  }
}

export class Resource {
  #as;
  #audience;
  #fetch;
  #nonce = randomBytes(16).toString('base64url');
  #proofs = new Set();
  #tokensFrom = 0;

  /** `as`: the authorization server's metadata. `fetch`: reaches it. */
  constructor(as, audience, fetch) {
    this.#as = as;
    this.#audience = audience;
    this.#fetch = fetch;
  }

  /** From now on every nonce given so far is refused. */
  forgetNonces() {
    this.#nonce = randomBytes(16).toString('base64url');
  }

  /** From now on every access token issued before this second is refused. */
  refuseTokensIssuedBefore(epochSeconds) {
    this.#tokensFrom = epochSeconds;
  }

  get nonce() {
    return this.#nonce;
  }

  /** Status, headers and body for a call. */
  async answer(request, body) {
    try {
      return { status: 200, headers: {}, body: await this.#admit(request, body) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const challenge = `DPoP error="${error.code}", algs="ES256"`;
      return { status: 401, headers: { 'www-authenticate': challenge }, body: { error: error.code } };
    }
  }

  /** In the order of docs/protocol.md, section 5. */
  async #admit(request, body) {
    const proof = request.headers.get('dpop') ?? '';
    this.#nonceOf(proof);
    const claims = await this.#token(request);
    this.#firstTime(proof);
    const signed = request.method === 'GET' ? null : await this.#signature(request, body, proof);
    return { method: request.method, sub: claims.sub, client_id: claims.client_id, signed };
  }

  #nonceOf(proof) {
    let nonce;
    try {
      ({ nonce } = decodeJwt(proof));
    } catch (cause) {
      throw new Refusal('invalid_dpop_proof', cause);
    }
    if (nonce !== this.#nonce) throw new Refusal('use_dpop_nonce');
  }

  async #token(request) {
    let claims;
    try {
      claims = await oauth.validateJwtAccessToken(this.#as, request, this.#audience, {
        requireDPoP: true,
        signingAlgorithms: ['ES256'],
        [oauth.customFetch]: this.#fetch,
      });
    } catch (cause) {
      throw new Refusal(cause.message.startsWith('DPoP') ? 'invalid_dpop_proof' : 'invalid_token', cause);
    }
    if (claims.iat < this.#tokensFrom) throw new Refusal('invalid_token');
    return claims;
  }

  #firstTime(proof) {
    const { jti } = decodeJwt(proof);
    if (this.#proofs.has(jti)) throw new Refusal('invalid_dpop_proof');
    this.#proofs.add(jti);
  }

  /** Verifies digest and signature by the key of the proof; gives the parameters that were signed. */
  async #signature(request, body, proof) {
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
    if (request.headers.get('content-digest') !== digest) throw new Refusal('invalid_signature');
    const { jwk } = decodeProtectedHeader(proof);
    const verifier = createVerifier(createPublicKey({ key: jwk, format: 'jwk' }), 'ecdsa-p256-sha256');
    const thumbprint = await calculateJwkThumbprint(jwk);
    let parameters;
    const keyLookup = async (signed) => {
      parameters = signed;
      return signed.keyid === thumbprint ? { id: thumbprint, algs: ['ecdsa-p256-sha256'], verify: verifier } : null;
    };
    const message = { method: request.method, url: request.url, headers: Object.fromEntries(request.headers) };
    // The package takes the tolerance off `created` first, so this is a minute either way.
    const time = { tolerance: MINUTE_S, maxAge: 2 * MINUTE_S };
    const rules = { ...time, keyLookup, requiredFields: COVERED, requiredParams: ['created', 'keyid', 'alg', 'tag'] };
    const holds = await httpbis.verifyMessage(rules, message).catch(() => false);
    if (holds !== true) throw new Refusal('invalid_signature');
    return { tag: parameters.tag, alg: parameters.alg };
  }
}
