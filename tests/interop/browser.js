// A person's browser, scripted: it keeps cookies, follows redirects and fills the forms of whatever pages it is shown, and stops where
// a server sends it to the app.

import { defaultTreeAdapter as tree, parse } from 'parse5';
import { CookieJar } from 'tough-cookie';
import { Agent, fetch } from 'undici';

/** More pages than any sign-in has. */
const PAGES = 12;

/** A fetch that trusts one certificate authority and speaks TLS 1.3 only. */
export function trusting(caPem) {
  const dispatcher = new Agent({ connect: { ca: caPem, minVersion: 'TLSv1.3' } });
  return (url, options) => fetch(url, { ...options, dispatcher });
}

export class Browser {
  #fetch;
  #jar = new CookieJar();

  constructor(caPem) {
    this.#fetch = trusting(caPem);
  }

  /**
   * Opens `url` and does what the person wants: sign in as `username` with `password`, then `decide` to "allow" or "deny". Gives
   * `{ redirect }`, the address of another origin where it ended, or `{ status, text }` of a page on which nothing can be done.
   */
  async visit(url, { username, password, decide = 'allow' }) {
    const { origin } = new URL(url);
    let page = await this.#open(url);
    for (let i = 0; i < PAGES; i += 1) {
      if (page.redirect && new URL(page.redirect).origin !== origin) return { redirect: page.redirect };
      if (page.redirect) {
        page = await this.#open(page.redirect);
        continue;
      }
      const step = nextStep(page, { username, password, decide });
      if (!step) return { status: page.status, text: page.text };
      page = await this.#open(step.url, step.fields);
    }
    throw new Error(`the pages of ${origin} do not come to an end`);
  }

  async #open(url, fields) {
    const cookie = await this.#jar.getCookieString(url);
    const response = await this.#fetch(url, {
      method: fields ? 'POST' : 'GET',
      body: fields && new URLSearchParams(fields),
      headers: cookie ? { cookie } : {},
      redirect: 'manual',
    });
    for (const set of response.headers.getSetCookie()) await this.#jar.setCookie(set, url);
    const text = await response.text();
    const location = response.headers.get('location');
    return { url, status: response.status, text, redirect: location && new URL(location, url).href };
  }
}

/** What the person does on a page, or nothing if there is nothing to do. */
function nextStep(page, { username, password, decide }) {
  const document = parse(page.text);
  const form = find(document, 'form').find((it) => attribute(it, 'method')?.toLowerCase() === 'post');
  if (!form) return undefined;
  const submit = (fields) => ({ url: new URL(attribute(form, 'action') ?? '', page.url).href, fields });
  const inputs = find(form, 'input').filter((it) => attribute(it, 'name'));
  const given = inputs.map((it) => [attribute(it, 'name'), attribute(it, 'value') ?? '']);
  if (inputs.some((it) => attribute(it, 'type') === 'password')) {
    const typed = inputs.map((it) => [attribute(it, 'name'), typedInto(it, username, password)]);
    return submit(typed);
  }
  const button = find(form, 'button').find((it) => attribute(it, 'value') === decide);
  if (button) return submit([...given, [attribute(button, 'name'), decide]]);
  if (decide === 'allow') return submit(given);
  const cancel = find(document, 'a').find((it) => textOf(it).includes('Cancel'));
  return cancel && { url: new URL(attribute(cancel, 'href'), page.url).href };
}

function typedInto(input, username, password) {
  const type = attribute(input, 'type') ?? 'text';
  if (type === 'password') return password;
  return type === 'hidden' ? (attribute(input, 'value') ?? '') : username;
}

function find(node, name) {
  const found = (tree.getChildNodes(node) ?? []).flatMap((child) => find(child, name));
  return node.tagName === name ? [node, ...found] : found;
}

function attribute(element, name) {
  return tree.getAttrList(element).find((it) => it.name === name)?.value;
}

function textOf(node) {
  if (tree.isTextNode(node)) return tree.getTextNodeContent(node);
  return (tree.getChildNodes(node) ?? []).map(textOf).join('');
}
