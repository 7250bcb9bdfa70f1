// A client of the bank by npm `oauth4webapi`, honest unless a test changes what it is about to send.

import * as oauth from 'oauth4webapi';
import { calculateJwkThumbprint, exportJWK } from 'jose';

/** A key with its RFC 7638 thumbprint, computed by npm `jose`. */
export async function drawKey(alg = 'ES256') {
  const pair = await oauth.generateKeyPair(alg, { extractable: true });
  const { kty, crv, x, y } = await exportJWK(pair.publicKey);
  const jwk = { kty, crv, x, y };
  return { ...pair, jwk, kid: await calculateJwkThumbprint(jwk) };
}

/** What a client of this bank registers with. */
export function metadata(bank, key) {
  return {
    client_name: 'A client from npm',
    redirect_uris: [bank.redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    dpop_bound_access_tokens: true,
    scope: 'banking',
    jwks: { keys: [{ ...key.jwk, use: 'sig', alg: 'ES256', kid: key.kid }] },
  };
}

/** RFC 8414. */
export async function discover(bank) {
  const issuer = new URL(bank.issuer);
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', [oauth.customFetch]: bank.fetch });
  return oauth.processDiscoveryResponse(issuer, response);
}

/** RFC 7591. */
export async function register(bank, as, wanted, initialAccessToken = bank.registrationToken) {
  const options = { initialAccessToken, [oauth.customFetch]: bank.fetch };
  return oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(as, wanted, options),
  );
}

/** Does `request` once more if the bank asks for a nonce, as RFC 9449 section 8 has it. */
async function withNonce(request) {
  try {
    return await request();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return request();
  }
}

export class Client {
  bank;
  as;
  key;
  client;
  #dpop;

  /** A client that has registered with a new key. */
  static async register(bank) {
    const registered = new Client();
    registered.bank = bank;
    registered.as = await discover(bank);
    registered.key = await drawKey();
    const { client_id } = await register(bank, registered.as, metadata(bank, registered.key));
    registered.client = { client_id };
    registered.#dpop = registered.dpop();
    return registered;
  }

  /** A client whose customer has signed in, and its tokens. */
  static async signedIn(bank) {
    const client = await Client.register(bank);
    return { client, tokens: await client.signIn() };
  }

  /** Proofs by the client's key, or another one; `modify` changes a proof before it is signed. */
  dpop({ key = this.key, modify } = {}) {
    return oauth.DPoP(this.client, key, modify && { [oauth.modifyAssertion]: modify });
  }

  /** Client authentication; `modify` changes an assertion before it is signed. */
  authentication({ key = this.key, modify } = {}) {
    const signer = { key: key.privateKey, kid: key.kid };
    return oauth.PrivateKeyJwt(signer, modify && { [oauth.modifyAssertion]: modify });
  }

  /** The parameters of an honest pushed request, and what belongs to it. */
  async request(changes = {}) {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const parameters = {
      response_type: 'code',
      redirect_uri: this.bank.redirectUri,
      scope: 'banking',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      ...changes,
    };
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
    return { verifier, state, parameters: new URLSearchParams(given) };
  }

  /** RFC 9126; gives the address for the browser. */
  async push(parameters, { authentication = this.authentication(), DPoP = this.#dpop } = {}) {
    const options = { DPoP: DPoP ?? undefined, [oauth.customFetch]: this.bank.fetch };
    const { request_uri } = await withNonce(async () =>
      oauth.processPushedAuthorizationResponse(
        this.as,
        this.client,
        await oauth.pushedAuthorizationRequest(this.as, this.client, authentication, parameters, options),
      ),
    );
    return this.address(request_uri);
  }

  /** The address that opens a pushed request. */
  address(requestUri, clientId = this.client.client_id) {
    const url = new URL(this.as.authorization_endpoint);
    url.searchParams.set('client_id', clientId);
    url.searchParams.set('request_uri', requestUri);
    return url.href;
  }

  /** The bank's answer in the browser, its `state` and `iss` validated (RFC 9207). */
  accept(redirect, state) {
    return oauth.validateAuthResponse(this.as, this.client, new URL(redirect), state);
  }

  /** A code that was allowed, validated, with what exchanges it. */
  async code() {
    const { verifier, state, parameters } = await this.request();
    const { redirect } = await this.bank.visit(await this.push(parameters));
    return { code: this.accept(redirect, state), verifier };
  }

  /** RFC 6749 section 4.1.3. A proof that is `null` is left out. */
  async exchange({ code, verifier }, { authentication = this.authentication(), DPoP = this.#dpop, uri } = {}) {
    const options = { DPoP: DPoP ?? undefined, [oauth.customFetch]: this.bank.fetch };
    const redirectUri = uri ?? this.bank.redirectUri;
    const response = () =>
      oauth.authorizationCodeGrantRequest(this.as, this.client, authentication, code, redirectUri, verifier, options);
    return withNonce(async () => oauth.processAuthorizationCodeResponse(this.as, this.client, await response()));
  }

  async signIn() {
    return this.exchange(await this.code());
  }

  /** RFC 6749 section 6. */
  async refresh(refreshToken, { authentication = this.authentication(), DPoP = this.#dpop } = {}) {
    const options = { DPoP: DPoP ?? undefined, [oauth.customFetch]: this.bank.fetch };
    const response = () => oauth.refreshTokenGrantRequest(this.as, this.client, authentication, refreshToken, options);
    return withNonce(async () => oauth.processRefreshTokenResponse(this.as, this.client, await response()));
  }

  /** RFC 7009. */
  async revoke(token) {
    const options = { [oauth.customFetch]: this.bank.fetch };
    const request = oauth.revocationRequest(this.as, this.client, this.authentication(), token, options);
    return oauth.processRevocationResponse(await request);
  }

  /** A call of the bank's API; gives its answer, whatever it is. */
  async call(accessToken, { method = 'GET', path = '/v1/devices', body, headers = {}, DPoP = this.#dpop } = {}) {
    const options = { DPoP: DPoP ?? undefined, [oauth.customFetch]: this.bank.fetch };
    const url = new URL(path, this.bank.issuer);
    return withNonce(() =>
      oauth.protectedResourceRequest(accessToken, method, url, new Headers(headers), body, options),
    );
  }
}

/** For `assert.rejects`: the bank has refused with this OAuth error. */
export function refused(status, code) {
  return (error) => {
    const found = error instanceof oauth.WWWAuthenticateChallengeError ? challenged(error) : bodyOf(error);
    if (found === `${status} ${code}`) return true;
    throw new Error(`refused with ${found ?? error.message} instead of ${status} ${code}`, { cause: error });
  };
}

function challenged(error) {
  const [{ parameters }] = error.cause;
  return `${error.status} ${parameters.error}`;
}

function bodyOf(error) {
  return error instanceof oauth.ResponseBodyError ? `${error.status} ${error.error}` : undefined;
}
