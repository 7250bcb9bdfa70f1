// A sandbox bank of a test file's own, as a process, and its control surface (docs/protocol.md, section 12).

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { Browser, trusting } from '../browser.js';

const PROGRAM = process.env.GUICHET_BANK ?? '../../target/debug/bank';

export class Sandbox {
  #announced;
  fetch;

  /** Starts a bank, which ends with the tests of this file. */
  static async start() {
    const child = spawn(PROGRAM, ['--json', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    after(async () => {
      child.kill();
      await once(child, 'exit');
    });
    const line = await once(createInterface({ input: child.stdout }), 'line');
    const sandbox = new Sandbox();
    sandbox.#announced = JSON.parse(line[0]);
    sandbox.fetch = trusting(sandbox.#announced.ca_pem);
    return sandbox;
  }

  get issuer() {
    return this.#announced.issuer;
  }

  get redirectUri() {
    return this.#announced.redirect_uri;
  }

  get registrationToken() {
    return this.#announced.registration_token;
  }

  /** Where a customer's browser ends who opens `url`: see `Browser.visit`. */
  async visit(url, decide = 'allow') {
    const { username, password } = this.#announced.customers[0];
    return new Browser(this.#announced.ca_pem).visit(url, { username, password, decide });
  }

  /** Replaces switches. */
  async switch(switches) {
    const response = await this.fetch(`${this.issuer}/sandbox/switches`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.#announced.control_token}`, 'content-type': 'application/json' },
      body: JSON.stringify(switches),
    });
    if (response.status !== 200) throw new Error(`the switches are refused: ${await response.text()}`);
  }

  /** Does `work` while the bank's clock is `seconds` ahead of this machine's. */
  async later(seconds, work) {
    await this.switch({ clock_offset_s: seconds });
    try {
      return await work();
    } finally {
      await this.switch({ clock_offset_s: 0 });
    }
  }
}
