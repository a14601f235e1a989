// Authenticator apps: what the page shows is read by zbarimg, and codes are made by oathtool; neither is ours.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { now } from "./local.mjs";

const STEP = 30;

export class Phone {
  /** The app after its camera has read the code on the visitor's page. */
  static async scanning(visitor) {
    const folder = mkdtempSync(join(tmpdir(), "qr-"));
    const path = join(folder, "qr.png");
    await visitor.find(".site-qr").screenshot({ path });
    const text = execFileSync("zbarimg", ["--quiet", "--nodbus", "--raw", path], { encoding: "utf8" }).trim();
    rmSync(folder, { recursive: true });
    const phone = new Phone();
    phone.label = decodeURIComponent(new URL(text).pathname).replace(/^\/+(totp\/)?/, "");
    phone.secret = new URL(text).searchParams.get("secret");
    phone.used = 0;
    const typed = (await visitor.find(".site-secret code").innerText()).replaceAll(" ", "");
    assert.equal(typed, phone.secret, "the key to type is the one to scan");
    return phone;
  }

  /** A code that was not used before: of this step, or else of the next one, which is accepted too. */
  async code() {
    const time = await now();
    const step = Math.max(Math.floor(time / STEP), this.used + 1);
    assert.ok(step * STEP <= time + STEP, "this app has no code left: let time pass");
    this.used = step;
    return execFileSync("oathtool", ["--totp", "--base32", `--now=@${step * STEP}`, this.secret], { encoding: "utf8" }).trim();
  }
}
