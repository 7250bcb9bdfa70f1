// What a thief must not get away with who holds tokens or proofs: npm `oauth4webapi`, dishonest in one thing at a time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, drawKey, refused } from './client.js';
import { Sandbox } from './sandbox.js';

const bank = await Sandbox.start();

test('a refresh token is worth nothing with another DPoP key', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  const DPoP = client.dpop({ key: await drawKey() });
  await assert.rejects(client.refresh(tokens.refresh_token, { DPoP }), refused(400, 'invalid_dpop_proof'));
  assert.ok(await client.refresh(tokens.refresh_token));
});

test('a refresh token is worth nothing to another client', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  const thief = await Client.register(bank);
  await assert.rejects(thief.refresh(tokens.refresh_token), refused(400, 'invalid_grant'));
  assert.ok(await client.refresh(tokens.refresh_token));
});

test('another client cannot revoke a token', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  const other = await Client.register(bank);
  await other.revoke(tokens.refresh_token);
  assert.ok(await client.refresh(tokens.refresh_token));
});

test('an access token is worth nothing with a proof by another key', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  const { client: thief } = await Client.signedIn(bank);
  await assert.rejects(thief.call(tokens.access_token), refused(401, 'invalid_token'));
  const DPoP = client.dpop({ key: await drawKey() });
  await assert.rejects(client.call(tokens.access_token, { DPoP }), refused(401, 'invalid_token'));
  assert.equal((await client.call(tokens.access_token)).status, 200);
});

test('an access token is no bearer token', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  const call = client.call(tokens.access_token, { DPoP: null });
  await assert.rejects(call, refused(401, 'invalid_dpop_proof'));
});

test('an access token ends', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  await bank.later(301, async () => {
    const DPoP = client.dpop({ modify: (_, claims) => (claims.iat += 301) });
    await assert.rejects(client.call(tokens.access_token, { DPoP }), refused(401, 'invalid_token'));
  });
});

test('a proof about anything else is refused', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  for (const [what, modify] of [
    ['method', (_, claims) => (claims.htm = 'POST')],
    ['address', (_, claims) => (claims.htu = `${bank.issuer}/v1/sync`)],
    ['origin', (_, claims) => (claims.htu = 'https://thief.example/v1/devices')],
    ['token', (_, claims) => (claims.ath = 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo')],
    ['no token', (_, claims) => delete claims.ath],
    ['no jti', (_, claims) => delete claims.jti],
    ['old', (_, claims) => (claims.iat -= 61)],
    ['ahead', (_, claims) => (claims.iat += 62)],
    ['another purpose', (header) => (header.typ = 'JWT')],
    ['no algorithm', (header) => (header.alg = 'none')],
  ]) {
    const call = client.call(tokens.access_token, { DPoP: client.dpop({ modify }) });
    await assert.rejects(call, refused(401, 'invalid_dpop_proof'), what);
  }
});

test('a proof about anything else is refused at the token endpoint too', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  for (const [what, modify] of [
    ['method', (_, claims) => (claims.htm = 'GET')],
    ['address', (_, claims) => (claims.htu = `${bank.issuer}/oauth/par`)],
    ['old', (_, claims) => (claims.iat -= 61)],
  ]) {
    const refresh = client.refresh(tokens.refresh_token, { DPoP: client.dpop({ modify }) });
    await assert.rejects(refresh, refused(400, 'invalid_dpop_proof'), what);
  }
});

test('a proof is good once, on the resource and at the token endpoint', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  const DPoP = client.dpop({ modify: (_, claims) => (claims.jti = 'the-same-again') });
  assert.equal((await client.call(tokens.access_token, { DPoP })).status, 200);
  await assert.rejects(client.call(tokens.access_token, { DPoP }), refused(401, 'invalid_dpop_proof'));
  await assert.rejects(client.refresh(tokens.refresh_token, { DPoP }), refused(400, 'invalid_dpop_proof'));
});

test('a nonce that is old, forged or missing is refused with a new one', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  const { headers } = await client.call(tokens.access_token);
  const good = headers.get('dpop-nonce');
  const nonce = (value, ahead = 0) =>
    client.dpop({ modify: (_, claims) => Object.assign(claims, { nonce: value, iat: claims.iat + ahead }) });
  const refusal = (DPoP) => client.call(tokens.access_token, { DPoP }).then(assert.fail, (error) => error);
  for (const bad of [`${good.slice(0, -4)}AAAA`, '', undefined]) {
    const error = await refusal(nonce(bad));
    assert.ok(refused(401, 'use_dpop_nonce')(error), `${bad}`);
    assert.ok(error.response.headers.get('dpop-nonce'));
  }
  await bank.later(301, async () => {
    const error = await refusal(nonce(good, 301));
    assert.ok(refused(401, 'use_dpop_nonce')(error), 'old');
    assert.notEqual(error.response.headers.get('dpop-nonce'), good);
  });
  assert.equal((await client.call(tokens.access_token, { DPoP: nonce(good) })).status, 200);
});

test('a proof by a key of another curve is refused', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  const DPoP = client.dpop({ key: await drawKey('ES384') });
  await assert.rejects(client.call(tokens.access_token, { DPoP }), refused(401, 'invalid_dpop_proof'));
});
