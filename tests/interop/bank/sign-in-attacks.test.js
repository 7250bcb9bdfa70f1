// What a client must not get away with before it has tokens: npm `oauth4webapi`, dishonest in one thing at a time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { Client, discover, drawKey, metadata, refused, register } from './client.js';
import { Sandbox } from './sandbox.js';

const bank = await Sandbox.start();

/** Opens an address that must be a dead end: a page with this status that sends the browser nowhere. */
async function deadEnd(url, status = 400) {
  const visit = await bank.visit(url);
  assert.deepEqual({ status: visit.status, redirect: visit.redirect }, { status, redirect: undefined });
}

test('a client without the initial access token is not registered', async () => {
  const as = await discover(bank);
  const wanted = metadata(bank, await drawKey());
  for (const token of ['guessed', undefined]) {
    await assert.rejects(register(bank, as, wanted, token ?? ''), refused(401, 'invalid_token'));
  }
});

test('a client that asks for less than the profile is not registered', async () => {
  const as = await discover(bank);
  const wanted = metadata(bank, await drawKey());
  for (const [change, code] of [
    [{ token_endpoint_auth_method: 'client_secret_basic' }, 'invalid_client_metadata'],
    [{ token_endpoint_auth_signing_alg: 'RS256' }, 'invalid_client_metadata'],
    [{ dpop_bound_access_tokens: false }, 'invalid_client_metadata'],
    [{ response_types: ['token'] }, 'invalid_client_metadata'],
    [{ jwks: { keys: [] } }, 'invalid_client_metadata'],
    [{ redirect_uris: ['https://thief.example/callback'] }, 'invalid_redirect_uri'],
  ]) {
    await assert.rejects(register(bank, as, { ...wanted, ...change }), refused(400, code), JSON.stringify(change));
  }
});

test('a request that was not pushed is a dead end', async () => {
  const client = await Client.register(bank);
  const { parameters } = await client.request();
  const url = new URL(client.as.authorization_endpoint);
  url.search = parameters;
  url.searchParams.set('client_id', client.client.client_id);
  await deadEnd(url.href);
});

test('a pushed request without client authentication is refused', async () => {
  const client = await Client.register(bank);
  const { parameters } = await client.request();
  for (const authentication of [oauth.None(), oauth.ClientSecretPost('secret')]) {
    await assert.rejects(client.push(parameters, { authentication }), refused(401, 'invalid_client'));
  }
});

test('an assertion that says anything else is refused', async () => {
  const client = await Client.register(bank);
  const { parameters } = await client.request();
  for (const [what, modify] of [
    ['another server', (_, claims) => (claims.aud = 'https://thief.example')],
    ['a list', (_, claims) => (claims.aud = [bank.issuer])],
    ['the endpoint', (_, claims) => (claims.aud = client.as.token_endpoint)],
    ['another client', (_, claims) => (claims.iss = 'somebody')],
    ['too long a life', (_, claims) => (claims.exp = claims.iat + 3600)],
    ['no jti', (_, claims) => delete claims.jti],
    ['another key id', (header) => (header.kid = 'another')],
    ['another purpose', (header) => (header.typ = 'dpop+jwt')],
  ]) {
    const authentication = client.authentication({ modify });
    await assert.rejects(client.push(parameters, { authentication }), refused(401, 'invalid_client'), what);
  }
  const authentication = client.authentication({ key: { ...(await drawKey()), kid: client.key.kid } });
  await assert.rejects(client.push(parameters, { authentication }), refused(401, 'invalid_client'), 'a forged one');
  assert.ok(await client.push(parameters));
});

test('an assertion is good once', async () => {
  const client = await Client.register(bank);
  const authentication = client.authentication({ modify: (_, claims) => (claims.jti = 'the-same-again') });
  assert.ok(await client.push((await client.request()).parameters, { authentication }));
  const again = client.push((await client.request()).parameters, { authentication });
  await assert.rejects(again, refused(401, 'invalid_client'));
});

test('a pushed request with less than PKCE S256 is refused', async () => {
  const client = await Client.register(bank);
  const verifier = oauth.generateRandomCodeVerifier();
  for (const change of [
    { code_challenge_method: 'plain', code_challenge: verifier },
    { code_challenge_method: undefined, code_challenge: verifier },
    { code_challenge: undefined },
    { code_challenge: undefined, code_challenge_method: undefined },
  ]) {
    const { parameters } = await client.request(change);
    await assert.rejects(client.push(parameters), refused(400, 'invalid_request'), JSON.stringify(change));
  }
});

test('a pushed request for anything else is refused', async () => {
  const client = await Client.register(bank);
  for (const [change, code] of [
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'banking everything' }, 'invalid_scope'],
    [{ redirect_uri: 'https://thief.example/callback' }, 'invalid_request'],
    [{ request: 'eyJhbGciOiJub25lIn0.e30.' }, 'invalid_request'],
    [{ request_uri: 'https://thief.example/request' }, 'invalid_request'],
  ]) {
    const { parameters } = await client.request(change);
    await assert.rejects(client.push(parameters), refused(400, code), JSON.stringify(change));
  }
});

test('a pushed request is opened once, in time, and by its own client', async () => {
  const [client, other] = [await Client.register(bank), await Client.register(bank)];
  const used = await client.push((await client.request()).parameters);
  assert.ok((await bank.visit(used)).redirect);
  await deadEnd(used);

  const expired = await client.push((await client.request()).parameters);
  await bank.later(61, () => deadEnd(expired));

  const own = await client.push((await client.request()).parameters);
  const requestUri = new URL(own).searchParams.get('request_uri');
  await deadEnd(client.address(requestUri, other.client.client_id));
  assert.ok((await bank.visit(own)).redirect, 'it is still good for its own client');
});

test('a code is good once, and its second use ends what the first began', async () => {
  const client = await Client.register(bank);
  const code = await client.code();
  const tokens = await client.exchange(code);
  assert.equal((await client.call(tokens.access_token)).status, 200);
  await assert.rejects(client.exchange(code), refused(400, 'invalid_grant'));
  await assert.rejects(client.call(tokens.access_token), refused(401, 'invalid_token'));
  await assert.rejects(client.refresh(tokens.refresh_token), refused(400, 'invalid_grant'));
});

test('a code is worth nothing without its verifier', async () => {
  const client = await Client.register(bank);
  const code = await client.code();
  const verifier = oauth.generateRandomCodeVerifier();
  await assert.rejects(client.exchange({ ...code, verifier }), refused(400, 'invalid_grant'));
  await assert.rejects(client.exchange({ ...code, verifier: oauth.nopkce }), refused(400, 'invalid_request'));
  assert.ok(await client.exchange(code), 'guessing has not used it up');
});

test('a code is worth nothing to another client or redirect URI', async () => {
  const [client, thief] = [await Client.register(bank), await Client.register(bank)];
  const code = await client.code();
  await assert.rejects(thief.exchange(code), refused(400, 'invalid_grant'));
  const uri = 'https://thief.example/callback';
  await assert.rejects(client.exchange(code, { uri }), refused(400, 'invalid_grant'));
  assert.ok(await client.exchange(code));
});

test('a code that came too late is refused', async () => {
  const client = await Client.register(bank);
  const code = await client.code();
  await bank.later(61, async () => {
    const DPoP = client.dpop({ modify: (_, claims) => (claims.iat += 61) });
    await assert.rejects(client.exchange(code, { DPoP }), refused(400, 'invalid_grant'));
  });
});

test('the code and the tokens are bound to the registered key, and no other proof will do', async () => {
  const client = await Client.register(bank);
  const DPoP = client.dpop({ key: await drawKey() });
  const { parameters } = await client.request();
  await assert.rejects(client.push(parameters, { DPoP }), refused(400, 'invalid_dpop_proof'));
  const code = await client.code();
  await assert.rejects(client.exchange(code, { DPoP }), refused(400, 'invalid_dpop_proof'));
  await assert.rejects(client.exchange(code, { DPoP: null }), refused(400, 'invalid_dpop_proof'));
});
