// The other side of the core's tests: an authorization server, a resource and a person with a browser, in one process.
//
// The first line on standard input is JSON: `certificate`, `key` (PEM, for localhost and 127.0.0.1) and `ca`. The answer is what an app
// is built with. Every further line is an order of `orders` below, every line on standard output its answer. The process lives as long
// as its standard input.

import { moveClock, httpDate } from './clock.js';
import { Console } from 'node:console';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';
import { Browser, trusting } from '../browser.js';
import { audienceOf, makeAuthorizationServer } from './authorization-server.js';
import { Resource } from './resource.js';
import { Trust } from './trust.js';

const REDIRECT_URI = 'https://app.guichet.example/callback';
const REGISTRATION_TOKEN = 'initial-access-token';
const CUSTOMER = { username: 'liming', password: 'any will do' };

// Standard output belongs to the answers. What `oidc-provider` remarks about running in production does not concern a test.
globalThis.console = Object.assign(new Console(process.stderr), { info() {}, warn() {} });

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

/** The next line as JSON; nothing at the end. */
async function next() {
  const { value, done } = await lines.next();
  return done ? undefined : JSON.parse(value);
}

const { certificate, key, ca } = await next();
const https = createServer({ cert: certificate, key }).listen(0, '127.0.0.1');
await once(https, 'listening');
const issuer = `https://localhost:${https.address().port}`;
const settings = { rotate: false };
const counts = {};
const provider = await makeAuthorizationServer(issuer, REGISTRATION_TOKEN, settings);
const trust = await Trust.draw(issuer, certificate);
const resource = new Resource({ issuer, jwks_uri: `${issuer}/jwks` }, audienceOf(issuer), trusting(ca));
const authorizationServer = provider.callback();
provider.on('server_error', (_context, error) => console.error(error));

https.on('request', (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  const route = `${request.method} ${pathname}`;
  counts[route] = (counts[route] ?? 0) + 1;
  response.sendDate = false;
  response.setHeader('date', httpDate());
  if (!pathname.startsWith('/v1/')) return authorizationServer(request, response);
  return serve(request, response, pathname).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});

async function serve(request, response, pathname) {
  response.setHeader('dpop-nonce', resource.nonce);
  const documents = { '/v1/trust/pins': () => trust.published, '/v1/trust/receipt-keys': () => trust.receiptKeys() };
  if (documents[pathname]) {
    response.setHeader('content-type', 'application/jwt');
    return response.end(await documents[pathname]());
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const received = new Request(`${issuer}${request.url}`, { method: request.method, headers: request.headers });
  const { status, headers, body } = await resource.answer(received, Buffer.concat(chunks));
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  return response.end(JSON.stringify(body));
}

const grants = {};
provider.on('grant.success', ({ oidc: { client, entities } }) => {
  grants[client.clientId] = [...(grants[client.clientId] ?? []), entities.Grant.jti];
});

/** As the bank's staff would: what this client was granted ends. */
async function endGrantsOf(clientId) {
  for (const id of grants[clientId] ?? []) await (await provider.Grant.find(id))?.destroy();
}

/** What the tests may ask for. */
const orders = {
  visit: ({ url, decide, as }) => new Browser(ca).visit(url, { ...CUSTOMER, ...(as && { username: as }), decide }),
  move_clock: ({ seconds }) => moveClock(seconds),
  rotate_refresh_tokens: ({ on }) => {
    settings.rotate = on;
  },
  end_access_tokens: () => {
    // Tokens carry whole seconds: the next ones have to be younger than those that end.
    moveClock(1);
    resource.refuseTokensIssuedBefore(Math.floor(Date.now() / 1000));
  },
  forget_nonces: () => resource.forgetNonces(),
  end_grants_of: ({ client_id: clientId }) => endGrantsOf(clientId),
  forget_client: ({ client_id: clientId }) => provider.Client.adapter.destroy(clientId),
  pin_set: (wanted) => trust.pinSet(wanted),
  publish_pins: async (wanted) => {
    trust.published = await trust.pinSet(wanted);
  },
  counts: () => counts,
};

say({
  issuer,
  trust_anchor: trust.anchorJwk,
  first_pin_set: trust.published,
  redirect_uri: REDIRECT_URI,
  registration_token: REGISTRATION_TOKEN,
  private_ca_pem: ca,
});
for (let order = await next(); order; order = await next()) {
  const { do: verb, ...details } = order;
  say((await orders[verb](details)) ?? {});
}
process.exit(0);
