// docs/protocol/vectors.json, which core and bank both reproduce byte for byte, judged by software that knows neither: npm `jose`,
// `oauth4webapi`, `http-message-signatures`, and Node's own cryptography.

import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import httpMessageSignatures from 'http-message-signatures';
import * as jose from 'jose';
import { calculatePKCECodeChallenge } from 'oauth4webapi';

const { createVerifier, httpbis } = httpMessageSignatures;
const vectors = JSON.parse(await readFile(new URL('../../../docs/protocol/vectors.json', import.meta.url)));

const keyOf = (role) => createPublicKey({ key: vectors.keys[role].jwk, format: 'jwk' });

/** A compact JWS by the key of a role, with this `typ`; gives its payload as text. */
async function signedBy(role, typ, compact) {
  const { payload, protectedHeader } = await jose.compactVerify(compact, keyOf(role), { algorithms: ['ES256'] });
  assert.equal(protectedHeader.typ, typ);
  return new TextDecoder().decode(payload);
}

test('thumbprints are those of RFC 7638', async () => {
  for (const { jwk, thumbprint } of Object.values(vectors.keys)) {
    assert.equal(await jose.calculateJwkThumbprint(jwk), thumbprint);
  }
});

test('the code challenge is that of RFC 7636', async () => {
  const { code_verifier, code_challenge } = vectors.pkce;
  assert.equal(await calculatePKCECodeChallenge(code_verifier), code_challenge);
});

test('the client assertion is a JWT for this issuer, by this client', async () => {
  const { payload } = await jose.jwtVerify(vectors.client_assertion.jws, keyOf('device'), {
    algorithms: ['ES256'],
    audience: vectors.issuer,
    issuer: vectors.client_id,
    subject: vectors.client_id,
    currentDate: new Date(1_772_424_000_000),
    typ: 'JWT',
  });
  assert.equal(payload.exp - payload.iat, 60);
});

test('DPoP proofs verify by the key they carry and hash their token', async () => {
  assert.ok(vectors.dpop.length > 0);
  for (const { jws, method, url, access_token: token } of vectors.dpop) {
    const { payload, protectedHeader } = await jose.jwtVerify(jws, jose.EmbeddedJWK, { typ: 'dpop+jwt' });
    assert.deepEqual(protectedHeader.jwk, vectors.keys.device.jwk);
    assert.equal(payload.htm, method);
    assert.equal(payload.htu, url.split('?')[0]);
    assert.equal(payload.ath, token && createHash('sha256').update(token).digest('base64url'));
  }
});

test('content digests are those of the bodies', () => {
  for (const { body, content_digest: digest } of vectors.content_digests) {
    assert.equal(digest, `sha-256=:${createHash('sha256').update(body).digest('base64')}:`);
  }
});

test('HTTP message signatures verify, and not for another method, address, token, proof or body', async () => {
  const verifier = createVerifier(keyOf('device'), 'ecdsa-p256-sha256');
  const keyLookup = async ({ keyid, alg }) =>
    keyid === vectors.keys.device.thumbprint && alg === 'ecdsa-p256-sha256' ? { verify: verifier } : null;
  const requiredFields = ['@method', '@target-uri', 'authorization', 'dpop', 'content-digest'];
  const holds = (message) => httpbis.verifyMessage({ keyLookup, requiredFields, all: true }, message);
  assert.ok(vectors.http_signatures.length > 0);
  for (const vector of vectors.http_signatures) {
    const headers = {
      authorization: vector.authorization,
      dpop: vector.dpop,
      'content-digest': vector.content_digest,
      'signature-input': vector.signature_input,
      signature: vector.signature,
    };
    const message = { method: vector.method, url: vector.target_uri, headers };
    assert.equal(await holds(message), true, vector.name);
    assert.equal(await holds({ ...message, method: 'PUT' }), false);
    assert.equal(await holds({ ...message, url: `${vector.target_uri}#` }), false);
    for (const name of ['authorization', 'dpop', 'content-digest']) {
      assert.equal(await holds({ ...message, headers: { ...headers, [name]: `${headers[name]}A` } }), false, name);
    }
  }
});

test('documents of the bank verify by the key that signs them', async () => {
  assert.equal(await signedBy('trust_anchor', 'guichet-pins+jwt', vectors.pins.jws), vectors.pins.payload);
  const keys = await signedBy('trust_anchor', 'guichet-receipt-keys+jwt', vectors.receipt_keys.jws);
  assert.equal(keys, vectors.receipt_keys.payload);
  for (const { jws, payload } of vectors.receipts) {
    assert.equal(await signedBy('receipt', 'guichet-receipt+jwt', jws), payload);
  }
  const notice = await signedBy('receipt', 'guichet-revocation+jwt', vectors.revocation.jws);
  assert.equal(notice, vectors.revocation.payload);
});

test('approvals verify over the canonical bytes, and forged ones do not', () => {
  const holds = (input, approval) =>
    verify(
      'sha256',
      Buffer.from(input, 'base64url'),
      { key: keyOf('approval'), dsaEncoding: 'ieee-p1363' },
      Buffer.from(approval, 'base64url'),
    );
  for (const intent of vectors.intents) {
    assert.equal(holds(intent.signing_input_base64url, intent.approval_base64url), true, intent.name);
  }
  for (const { approval_base64url: approval, why } of vectors.negative.approvals) {
    assert.equal(holds(vectors.intents[0].signing_input_base64url, approval), false, why);
  }
});

test('forged documents are refused', async () => {
  // What is wrong with these stands in their content, which is for the phone to read.
  const aboutContent = [
    'receipt with a third outcome',
    'receipt of another bank',
    "receipt before its key's time",
    'pin set with one pin',
  ];
  for (const { name, jws, expected_type: typ, expected_key: role } of vectors.negative.documents) {
    const believed = await signedBy(role, typ, jws).then(
      () => true,
      () => false,
    );
    assert.equal(believed, aboutContent.includes(name), name);
  }
});
