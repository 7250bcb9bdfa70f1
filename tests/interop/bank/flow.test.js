// The whole day of a client that was not written here: npm `oauth4webapi` against the sandbox bank.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { Client, discover, drawKey, metadata, refused, register } from './client.js';
import { Sandbox } from './sandbox.js';

const bank = await Sandbox.start();

test('the metadata says what the FAPI 2.0 Security Profile asks for', async () => {
  const as = await discover(bank);
  assert.equal(as.require_pushed_authorization_requests, true);
  assert.equal(as.authorization_response_iss_parameter_supported, true);
  assert.deepEqual(as.code_challenge_methods_supported, ['S256']);
  assert.deepEqual(as.dpop_signing_alg_values_supported, ['ES256']);
  assert.deepEqual(as.token_endpoint_auth_methods_supported, ['private_key_jwt']);
});

test('a client registers once, however often it asks', async () => {
  const as = await discover(bank);
  const wanted = metadata(bank, await drawKey());
  const first = await register(bank, as, wanted);
  const second = await register(bank, as, wanted);
  assert.equal(first.client_id, second.client_id);
  assert.deepEqual(first.jwks, wanted.jwks);
});

test('a customer signs in on the real pages, calls, refreshes and signs out', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  assert.equal(tokens.token_type, 'dpop');
  assert.equal(tokens.expires_in, 300);
  assert.deepEqual((await (await client.call(tokens.access_token)).json()).devices, []);

  const fresh = await client.refresh(tokens.refresh_token);
  assert.notEqual(fresh.access_token, tokens.access_token);
  assert.equal((await client.call(fresh.access_token)).status, 200);

  await client.revoke(fresh.refresh_token);
  await assert.rejects(client.call(fresh.access_token), refused(401, 'invalid_token'));
  await assert.rejects(client.refresh(fresh.refresh_token), refused(400, 'invalid_grant'));
});

test('revoking the access token ends the refresh token too', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  await client.revoke(tokens.access_token);
  await assert.rejects(client.refresh(tokens.refresh_token), refused(400, 'invalid_grant'));
  await client.revoke('unknown');
});

test('the answer to a customer who says no is access_denied, from this issuer', async () => {
  const client = await Client.register(bank);
  const { state, parameters } = await client.request();
  const { redirect } = await bank.visit(await client.push(parameters), 'deny');
  assert.throws(
    () => client.accept(redirect, state),
    (error) => error instanceof oauth.AuthorizationResponseError && error.error === 'access_denied',
  );
});

test('the answer names state and issuer, and nobody else could have made it', async () => {
  const client = await Client.register(bank);
  const { state, parameters } = await client.request();
  const { redirect } = await bank.visit(await client.push(parameters));
  assert.ok(client.accept(redirect, state).get('code'));
  assert.throws(() => client.accept(redirect, oauth.generateRandomState()), /state/);
  const elsewhere = redirect.replace(encodeURIComponent(bank.issuer), encodeURIComponent('https://thief.example'));
  assert.throws(() => client.accept(elsewhere, state), /iss/);
});

test('a bank that rotates hands out a new refresh token each time', async (t) => {
  await bank.switch({ rotate_refresh_tokens: true });
  t.after(() => bank.switch({ rotate_refresh_tokens: false }));
  const { client, tokens } = await Client.signedIn(bank);
  const second = await client.refresh(tokens.refresh_token);
  assert.notEqual(second.refresh_token, tokens.refresh_token);
  const third = await client.refresh(second.refresh_token);
  assert.equal((await client.call(third.access_token)).status, 200);
  // RFC 9700 section 4.14.2: the old one again is a sign of theft.
  await assert.rejects(client.refresh(tokens.refresh_token), refused(400, 'invalid_grant'));
  await assert.rejects(client.call(third.access_token), refused(401, 'invalid_token'));
  await assert.rejects(client.refresh(third.refresh_token), refused(400, 'invalid_grant'));
});

test('a client whose nonce has ended is told the new one and goes on', async () => {
  const { client, tokens } = await Client.signedIn(bank);
  let ahead = 0;
  const later = (_, claims) => ['iat', 'nbf', 'exp'].forEach((name) => claims[name] && (claims[name] += ahead));
  const DPoP = client.dpop({ modify: later });
  const authentication = client.authentication({ modify: later });
  const second = await client.refresh(tokens.refresh_token, { authentication, DPoP });
  ahead = 301;
  await bank.later(ahead, async () => {
    const third = await client.refresh(second.refresh_token, { authentication, DPoP });
    assert.equal((await client.call(third.access_token, { DPoP })).status, 200);
  });
});
