// That the other implementation of RFC 9421 is right: a verifier that agrees with everything would prove nothing.

import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import httpMessageSignatures from 'http-message-signatures';

const { createVerifier, httpbis } = httpMessageSignatures;

/** RFC 9421 appendix B.1.3. */
const TEST_KEY_ECC_P256 = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
-----END PUBLIC KEY-----`;

/** RFC 9421 appendix B.2.4: a response, signed by that key. */
const RESPONSE = {
  status: 200,
  headers: {
    date: 'Tue, 20 Apr 2021 02:07:56 GMT',
    'content-type': 'application/json',
    'content-digest':
      'sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
    'content-length': '23',
    'signature-input':
      'sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    signature: 'sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:',
  },
};

function verifies(response) {
  const verify = createVerifier(createPublicKey(TEST_KEY_ECC_P256), 'ecdsa-p256-sha256');
  return httpbis.verifyMessage({ keyLookup: async () => ({ verify }) }, response);
}

test('the signature of RFC 9421 B.2.4 verifies', async () => {
  assert.equal(await verifies(RESPONSE), true);
});

test('and no altered message or signature does', async () => {
  const headers = (changed) => ({ ...RESPONSE, headers: { ...RESPONSE.headers, ...changed } });
  for (const altered of [
    { ...RESPONSE, status: 201 },
    headers({ 'content-length': '24' }),
    headers({ 'signature-input': RESPONSE.headers['signature-input'].replace('1618884473', '1618884474') }),
    headers({ signature: RESPONSE.headers.signature.replace('wNmS', 'wNmT') }),
  ]) {
    assert.equal(await verifies(altered), false);
  }
});
