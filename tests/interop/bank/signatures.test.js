// What npm `http-message-signatures` signs (RFC 9421), before the bank's own verifier.

import assert from 'node:assert/strict';
import { KeyObject, createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import httpMessageSignatures from 'http-message-signatures';
import { SignJWT } from 'jose';
import { Client, drawKey } from './client.js';
import { Sandbox } from './sandbox.js';

const { createSigner, httpbis } = httpMessageSignatures;

const PATH = '/v1/challenges?purpose=%E6%9D%8E';
const BODY = '{"purpose": "enrol"}';
const FIELDS = ['@method', '@target-uri', 'authorization', 'dpop', 'content-digest'];

const bank = await Sandbox.start();
const { client, tokens } = await Client.signedIn(bank);
const { headers: answered } = await client.call(tokens.access_token);
const nonce = answered.get('dpop-nonce');

const digestOf = (body) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** A DPoP proof by npm `jose`. */
function proof(method, key = client.key) {
  const ath = createHash('sha256').update(tokens.access_token).digest('base64url');
  const htu = `${bank.issuer}${PATH.split('?')[0]}`;
  const claims = { htm: method, htu, nonce, ath, jti: randomBytes(16).toString('base64url') };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk })
    .setIssuedAt()
    .sign(key.privateKey);
}

/** A signed request, as the protocol wants it but for what a test changes. */
async function signed({
  method = 'POST',
  body = BODY,
  key = client.key,
  fields = FIELDS,
  params = ['created', 'keyid', 'alg', 'tag'],
  paramValues = {},
  name = 'sig1',
} = {}) {
  const signer = createSigner(KeyObject.from(key.privateKey), 'ecdsa-p256-sha256', key.kid);
  const headers = {
    authorization: `DPoP ${tokens.access_token}`,
    dpop: await proof(method),
    'content-digest': digestOf(body),
  };
  const values = { created: new Date(), keyid: key.kid, tag: 'guichet-v1', ...paramValues };
  const message = { method, url: `${bank.issuer}${PATH}`, headers };
  const { headers: all } = await httpbis.signMessage(
    { key: signer, name, fields, params, paramValues: values },
    message,
  );
  return { ...message, headers: all, body };
}

/** Status and `error` of the answer to a request. */
async function answer({ method, url, headers, body }) {
  const response = await bank.fetch(url, { method, headers, body: body || undefined });
  const text = await response.text();
  return `${response.status} ${text && (JSON.parse(text).error ?? 'ok')}`;
}

test('a change signed by another implementation is carried out', async () => {
  assert.equal(await answer(await signed()), '201 ok');
});

test('the empty body has a digest too', async () => {
  const request = await signed({ body: '' });
  assert.equal(await answer(request), '400 invalid_request', 'the body is read, and says nothing');
});

test('whatever was changed after signing is noticed', async () => {
  const altered = (changed) => async () => {
    const request = await signed();
    return { ...request, ...changed, headers: { ...request.headers, ...changed.headers } };
  };
  const other = '{"purpose": "intent"}';
  const second = await proof('POST');
  for (const [what, make] of [
    ['body', altered({ body: other })],
    ['body and digest', altered({ body: other, headers: { 'content-digest': digestOf(other) } })],
    ['query', altered({ url: `${bank.issuer}${PATH}&more=1` })],
    ['proof', altered({ headers: { dpop: second } })],
    ['digest', altered({ headers: { 'content-digest': digestOf('') } })],
    ['another digest', altered({ headers: { 'content-digest': 'sha-512=:AAAA:' } })],
  ]) {
    assert.equal(await answer(await make()), '401 invalid_signature', what);
  }
});

test('a signature over less, otherwise or for another purpose is refused', async () => {
  const minute = 61_000;
  for (const [what, changes] of [
    ['no digest', { fields: FIELDS.slice(0, 4) }],
    ['another order', { fields: [...FIELDS].reverse() }],
    ['one more', { fields: [...FIELDS, '@authority'] }],
    ['the path only', { fields: ['@method', '@path', ...FIELDS.slice(2)] }],
    ['no tag', { params: ['created', 'keyid', 'alg'] }],
    ['another tag', { paramValues: { tag: 'guichet-v2' } }],
    ['no time', { params: ['keyid', 'alg', 'tag'] }],
    ['old', { paramValues: { created: new Date(Date.now() - minute) } }],
    ['ahead', { paramValues: { created: new Date(Date.now() + minute + 1000) } }],
    ['another key id', { paramValues: { keyid: 'another' } }],
    ['another algorithm', { paramValues: { alg: 'hmac-sha256' } }],
    ['an expiry', { params: ['created', 'expires', 'keyid', 'alg', 'tag'] }],
    ['another label', { name: 'sig2' }],
  ]) {
    assert.equal(await answer(await signed(changes)), '401 invalid_signature', what);
  }
});

test('a signature by another key is refused, under whichever name', async () => {
  const stranger = await drawKey();
  for (const kid of [stranger.kid, client.key.kid]) {
    const request = await signed({ key: { ...stranger, kid } });
    assert.equal(await answer(request), '401 invalid_signature');
  }
});

test('two signatures are refused, also if both hold', async () => {
  const request = await signed();
  const twice = (name) => `${request.headers[name]}, ${request.headers[name].replace('sig1', 'sig2')}`;
  const headers = { ...request.headers, Signature: twice('Signature'), 'Signature-Input': twice('Signature-Input') };
  assert.equal(await answer({ ...request, headers }), '401 invalid_signature');
});

test('a change without a signature is refused', async () => {
  for (const missing of ['Signature', 'Signature-Input', 'content-digest']) {
    const request = await signed();
    delete request.headers[missing];
    assert.equal(await answer(request), '401 invalid_signature', missing);
  }
});
