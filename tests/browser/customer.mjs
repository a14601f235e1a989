// A resident as the demo bank's client: what they do on its page.
import assert from "node:assert/strict";
import { BANK, BANK_NAME } from "./local.mjs";

export class Customer {
  /** Somebody whom the bank has not met before, in this visitor's browser. */
  static of(visitor) {
    return Object.assign(new Customer(), { visitor, name: visitor.email });
  }

  /** The same person in another browser. */
  with(visitor) {
    return Object.assign(new Customer(), { visitor, name: this.name });
  }

  /** The bank's name, as the visitor's pages say it. */
  get bank() {
    return BANK_NAME[this.visitor.language];
  }

  /** From the sign-in page or the list of partners to the bank. */
  async leaves() {
    await this.visitor.press("main a[href^='/federated/start']");
    this.isThere();
  }

  isThere() {
    assert.ok(this.visitor.page.url().startsWith(`${BANK}/authorize?`), this.visitor.page.url());
  }

  /** Signs in at the bank, whose page is open. */
  async signsIn() {
    const form = this.visitor.find("form:has(input#name)");
    await form.locator("#name").fill(this.name);
    await this.visitor.go(() => form.locator("button").click());
  }

  async cancels() {
    await this.visitor.press("form:has(input[name=cancel]) button");
  }

  /** Makes this go wrong in the sign-in whose page is open. */
  async sets(fault) {
    await this.visitor.find("summary").click();
    await this.visitor.find("#fault").selectOption(fault);
    await this.visitor.press("form:has(#fault) button");
  }

  /** To the bank and back. */
  async comes() {
    await this.leaves();
    await this.signsIn();
  }
}
