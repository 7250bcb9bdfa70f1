// npm `oidc-provider` as an authorization server of the FAPI 2.0 Security Profile, with what docs/protocol.md asks of one.

import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

/** Seconds an access token lives, as at the sandbox bank. */
const ACCESS_TOKEN_S = 300;

/** The audience of access tokens: the bank's API. */
export const audienceOf = (issuer) => `${issuer}/v1`;

async function signingKey() {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'server' };
}

function features(issuer, registrationToken) {
  const resource = {
    scope: 'banking',
    audience: audienceOf(issuer),
    accessTokenFormat: 'jwt',
    accessTokenTTL: ACCESS_TOKEN_S,
    jwt: { sign: { alg: 'ES256' } },
  };
  return {
    devInteractions: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    fapi: { enabled: true, profile: '2.0' },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    registration: { enabled: true, initialAccessToken: registrationToken },
    registrationManagement: { enabled: true },
    requestObjects: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => audienceOf(issuer),
      getResourceServerInfo: async () => resource,
      useGrantedResource: async () => true,
    },
    revocation: { enabled: true },
    userinfo: { enabled: false },
  };
}

/** The server. `settings.rotate`: whether a refresh brings a new refresh token; it may change while the server runs. */
export async function makeAuthorizationServer(issuer, registrationToken, settings) {
  const provider = new Provider(issuer, {
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    conformIdTokenClaims: true,
    cookies: { keys: [randomBytes(32).toString('hex')] },
    enabledJWA: { clientAuthSigningAlgValues: ['ES256'], dPoPSigningAlgValues: ['ES256'] },
    expiresWithSession: async () => false,
    features: features(issuer, registrationToken),
    findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    jwks: { keys: [await signingKey()] },
    rotateRefreshToken: () => settings.rotate,
    scopes: ['banking'],
    ttl: { AuthorizationCode: 60, Grant: 86_400, Interaction: 600, RefreshToken: 86_400, Session: 86_400 },
  });
  return provider;
}
